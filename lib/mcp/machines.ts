import { z } from 'zod'
import { connectToDGX, getConnection, getGPUMetrics, listConnections, listGpus } from '../dgx'
import type { ConnectionWithStatus } from '../dgx/connections/answers'
import { connectionListQuery } from '../dgx/connections/schema'
import { reference } from '../dgx/fields'
import type { FleetGpuAnswer } from '../dgx/jobs/queue-answers'
import { connectionStatus } from '../dgx/ssh/schema'
import { clip, clipOrNull, short } from './text'
import { READS, tool } from './tool'

export const machine = z.strictObject({
  id: z.string(),
  name: z.string(),
  status: connectionStatus,
  gpu_model: z.string().nullable().describe('Null: not seen yet.'),
  gpus: z.number().int().nullable(),
  free_gpus: z.number().int().nullable().describe('That a job can have now.'),
  problem: z.string().nullable(),
})

/** A page of machines in the user's order, with what is free on them. */
export async function readMachines(page: { limit: number; cursor?: string | undefined }) {
  const query = connectionListQuery.parse({ ...page, sort: 'position' })
  const [{ items, total, next_cursor }, gpus] = await Promise.all([
    listConnections(query),
    listGpus({ free: false }),
  ])
  return { machines: items.map((item) => toMachine(item, gpus)), total, next_cursor }
}

function toMachine(
  { id, name, status, last_error }: ConnectionWithStatus,
  gpus: readonly FleetGpuAnswer[],
): z.input<typeof machine> {
  const own = gpus.filter(({ connection_id }) => connection_id === id)
  const seen = own.length > 0
  return {
    ...{ id, name: clip(name, 60), status },
    gpu_model: own[0]?.name ?? null,
    gpus: seen ? own.length : null,
    free_gpus: seen ? own.filter(({ is_free }) => is_free).length : null,
    problem: status === 'connected' ? null : clipOrNull(last_error?.message ?? null, 120),
  }
}

/** A machine in one line. */
function machineText(each: z.input<typeof machine>): string {
  const { name, status, gpu_model, gpus, free_gpus, problem } = each
  const what = gpus === null ? 'GPUs not known' : `${free_gpus} of ${gpus} free, ${gpu_model}`
  return `${name}: ${status}; ${what}${problem ? `; ${problem}` : ''}`
}

export const listMachines = tool({
  name: 'list_machines',
  title: 'Machines',
  description:
    'The NVIDIA machines that commands and jobs can run on: name, connection status, GPUs and how many are free. Names and ids are both taken as "machine" by the other tools.',
  input: z.strictObject({
    limit: z.number().int().min(1).max(100).default(25),
    cursor: z.string().max(200).optional().describe('next_cursor of the page before.'),
  }),
  output: z.strictObject({
    machines: z.array(machine),
    total: z.number().int(),
    next_cursor: z.string().nullable(),
  }),
  annotations: READS,
  run: async (input) => {
    const data = await readMachines(input)
    const rest = data.next_cursor ? [`More of ${data.total}: cursor ${data.next_cursor}`] : []
    return {
      data,
      text:
        [...data.machines.map(machineText), ...rest].join('\n') || 'No machine has been added yet.',
    }
  },
})

export const connectMachine = tool({
  name: 'connect_machine',
  title: 'Connect a machine',
  description:
    'Connects a machine that a person has added, and waits until it is ready and its GPUs are read. From then on it is kept connected. Doing it again is harmless. Machines are added by a person in the app, as are passphrases and changed host keys.',
  input: z.strictObject({ machine: reference.describe('Name or id.') }),
  output: z.strictObject({
    machine,
    host_key_fingerprint: z.string().nullable(),
    is_first_contact: z
      .boolean()
      .describe('Its host key was not known and is trusted from now on: tell the person.'),
  }),
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  audit: {
    action: 'connect',
    subject: 'connection',
    reference: ({ machine }) => machine,
    endOf: () => ({}),
  },
  run: async (input, { signal, whileWaiting }) => {
    const { connection_id: id, ...status } = await whileWaiting(
      'The machine is connected',
      connectToDGX({ id: input.machine }),
    )
    // A machine without nvidia-smi is connected all the same.
    await whileWaiting('Its GPUs are read', getGPUMetrics({ id, signal })).catch(() => null)
    const gpus = await listGpus({ free: false, connection_id: id })
    const connected = toMachine(await getConnection({ id }), gpus)
    const { host_key_fingerprint, is_first_contact } = status
    const first = is_first_contact
      ? [`First contact: its host key is ${host_key_fingerprint}. Tell the person.`]
      : []
    return {
      data: { machine: connected, host_key_fingerprint, is_first_contact },
      text: [machineText(connected), ...first].join('\n'),
    }
  },
})

const gpu = z.strictObject({
  machine: z.string(),
  index: z.number().int().nullable(),
  free: z.boolean(),
  utilization: z.number().nullable().describe('Percent.'),
  memory_available_mb: z.number().nullable(),
  memory_total_mb: z.number().nullable(),
  reason: z.string().nullable().describe('Why it is not free.'),
  job_id: z.string().nullable().describe('The job that holds it.'),
})

/** More than these, and an answer has one line a machine. */
const MOST_GPUS = 24

export const gpuStatus = tool({
  name: 'gpu_status',
  title: 'Free and busy GPUs',
  description:
    'Which GPUs are free for a job now, and who has the others. One line a GPU for one machine or a small fleet, else one line a machine: then name a machine for its GPUs. "free" is what the scheduler would give; start_job waits by itself until enough are free.',
  input: z.strictObject({
    machine: reference.optional().describe('Name or id; without it all machines.'),
    only_free: z.boolean().default(false),
  }),
  output: z.strictObject({
    free: z.number().int(),
    total: z.number().int(),
    machines: z.array(
      z.strictObject({
        machine: z.string(),
        free_indices: z.array(z.number().int()),
        total: z.number().int(),
        memory_total_mb: z.number().nullable().describe('Of its first GPU.'),
      }),
    ),
    gpus: z.array(gpu).nullable().describe('Null when they are too many: name a machine.'),
  }),
  annotations: READS,
  run: async ({ machine, only_free }) => {
    const all = await listGpus({ free: false, ...(machine ? { connection_id: machine } : {}) })
    const shown = all.filter(({ is_free }) => is_free || !only_free)
    const ids = [...new Set(all.map(({ connection_id }) => connection_id))]
    const machines = ids.slice(0, 50).map((id) => {
      const own = all.filter(({ connection_id }) => connection_id === id)
      return {
        machine: clip(own[0]?.connection_name ?? id, 60),
        free_indices: own.flatMap(({ is_free, index }) =>
          is_free && index !== null ? [index] : [],
        ),
        total: own.length,
        memory_total_mb: own[0]?.memory_total_mb ?? null,
      }
    })
    const gpus = shown.map((each) => ({
      machine: clip(each.connection_name, 60),
      index: each.index,
      free: each.is_free,
      utilization: each.gpu_utilization,
      memory_available_mb: each.memory_available_mb,
      memory_total_mb: each.memory_total_mb,
      reason: clipOrNull(each.message ?? each.reason, 100),
      job_id: each.holder?.kind === 'job' ? each.holder.job_id : null,
    }))
    const free = all.filter(({ is_free }) => is_free).length
    const isDetailed = gpus.length <= MOST_GPUS
    const lines = isDetailed
      ? gpus.map(
          (each) =>
            `${each.machine} GPU ${each.index ?? '?'}: ${each.free ? 'free' : `busy (${each.reason})`}, ${short(each.utilization)} % used, ${short(each.memory_available_mb)} of ${short(each.memory_total_mb)} MiB available`,
        )
      : machines.map(
          (each) =>
            `${each.machine}: ${each.free_indices.length} of ${each.total} free${each.free_indices.length > 0 ? ` (${each.free_indices.join(', ')})` : ''}`,
        )
    return {
      data: { free, total: all.length, machines, gpus: isDetailed ? gpus : null },
      text: [`${free} of ${all.length} GPUs are free.`, ...lines].join('\n'),
    }
  },
})

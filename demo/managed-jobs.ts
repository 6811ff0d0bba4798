import { randomBytes, randomUUID } from 'node:crypto'
import { readingAt, type SimulatedMachine } from '@/e2e/testbed/simulated-machine'
import type { PrismaClient } from '@/lib/db/generated/client'

const HOUR_MS = 3_600_000
const LOOK_EVERY_MS = 30_000

export type ManagedJob = {
  name: string
  command: string
  model: string
  config: object
  gpus: number
  gpu_indices?: number[]
  priority?: number
  timeout_s?: number
  max_retries?: number
  /** The name of a job before it. */
  after?: string
  notes?: string
  tags?: string[]
  /** Hours ago: when it was started, and when someone cancelled it. */
  started?: number
  cancelled?: number
  /** It waits for a person to start it. */
  isHeld?: boolean
}

export type Place = {
  machine: SimulatedMachine
  connectionId: string
  workingDir: string
}

/**
 * Writes a job that the app runs, and puts its run on the machine. What was started is written as
 * running, whenever that was: the engine finds out by itself how it ended meanwhile, and reads its
 * logs and metrics, as after a time in which the app was off.
 */
export async function addManagedJob(
  database: PrismaClient,
  options: {
    projectId: string
    job: ManagedJob
    place: Place
    now: number
    /** Ids of the jobs so far, by name. */
    ids: Map<string, string>
  },
): Promise<void> {
  const { job, place, now, ids } = options
  const id = randomUUID()
  ids.set(job.name, id)
  const { started, cancelled, isHeld = false } = job
  const at = (hoursAgo: number) => new Date(now - hoursAgo * HOUR_MS)
  // Those that wait came one after the other.
  const created = at(started === undefined ? 1.3 - 0.06 * ids.size : started + 0.1)
  const needed = job.after === undefined ? undefined : ids.get(job.after)
  await database.job.create({
    data: {
      id,
      project_id: options.projectId,
      name: job.name,
      model_name: job.model,
      notes: job.notes ?? null,
      config: job.config,
      metrics: {},
      command: job.command,
      working_dir: place.workingDir,
      gpus: job.gpus,
      priority: job.priority ?? 0,
      timeout_s: job.timeout_s ?? null,
      max_retries: job.max_retries ?? 0,
      retries_left: job.max_retries ?? 0,
      connection_ids: [place.connectionId],
      ...(job.gpu_indices ? { gpu_indices: job.gpu_indices } : {}),
      ...(job.tags ? { tags: job.tags } : {}),
      ...(needed ? { depends_on: [needed] } : {}),
      ...stateOf({ isHeld, machine: place.machine.hostname, started: started !== undefined }),
      ...(started === undefined
        ? {}
        : { attempt: 1, started_at: at(started), connection_id: place.connectionId }),
      cancel_requested_at: cancelled === undefined ? null : at(cancelled),
      queued_at: isHeld ? null : created,
      created_at: created,
      updated_at: started === undefined ? created : at(started),
    },
  })
  if (started !== undefined) {
    await addRun(database, { id, job, place, now, startedMs: at(started).getTime() })
  }
}

function stateOf(options: { isHeld: boolean; started: boolean; machine: string }) {
  if (options.started) {
    const status_message = `Runs on ${options.machine}.`
    return { phase: 'running', status: 'running', status_message }
  }
  return options.isHeld
    ? {
        ...{ phase: 'held', status: 'pending', wait_reason: 'not_started' },
        status_message: 'Waits to be started: POST /api/dgx/jobs/:id/start.',
      }
    : { phase: 'queued', status: 'pending' }
}

async function addRun(
  database: PrismaClient,
  options: { id: string; job: ManagedJob; place: Place; now: number; startedMs: number },
): Promise<void> {
  const { id, job, place, now, startedMs } = options
  const { machine, connectionId: connection_id } = place
  const run_token = randomBytes(16).toString('hex')
  const gpu_indices = job.gpu_indices ?? Array.from({ length: job.gpus }, (_, i) => i)
  const gpu_uuids = gpu_indices.flatMap((i) => machine.gpus[i]?.uuid ?? [])
  const started_at = new Date(startedMs)
  machine.runs?.add({
    ...{ job_id: id, attempt: 1, run_token, command: job.command, gpu_uuids, startedMs },
    timeout_s: job.timeout_s ?? null,
    stoppedMs: job.cancelled === undefined ? null : now - job.cancelled * HOUR_MS,
  })
  const worksAt = (at: number) => machine.runs?.workOn(gpu_uuids[0] ?? '', at)?.job_id === id
  await database.jobAttempt.create({
    data: {
      ...{ job_id: id, attempt: 1, connection_id, gpu_uuids, gpu_indices, run_token, started_at },
      phase: 'running',
      created_at: started_at,
      git_commit: '9f2c41d7be0a54c1a7e02f6cbb9d1e6a3c58f407',
      git_is_dirty: false,
      ...usageOf(machine, { gpu_indices, startedMs, now, worksAt }),
    },
  })
  if (!worksAt(now)) return
  await database.gpuLease.createMany({
    data: gpu_uuids.map((gpu_uuid) => ({
      ...{ connection_id, gpu_uuid, job_id: id, attempt: 1, taken_at: started_at },
    })),
  })
}

/** What the app would have measured of a run. */
function usageOf(
  machine: SimulatedMachine,
  options: {
    gpu_indices: number[]
    startedMs: number
    now: number
    worksAt: (at: number) => boolean
  },
) {
  const { gpu_indices, startedMs, now, worksAt } = options
  const step_s = LOOK_EVERY_MS / 1000
  const usage = { gpu_seconds: 0, busy_gpu_seconds: 0, energy_joules: 0, peak_gpu_memory_mb: 0 }
  for (let at = startedMs; at < now && worksAt(at); at += LOOK_EVERY_MS) {
    const readings = gpu_indices.map((i) => readingAt(machine, i, at))
    for (const { utilization, watts } of readings) {
      usage.gpu_seconds += step_s
      usage.busy_gpu_seconds += (utilization / 100) * step_s
      usage.energy_joules += watts * step_s
    }
    const memoryMb = readings.reduce((sum, { memoryUsedMb }) => sum + memoryUsedMb, 0)
    usage.peak_gpu_memory_mb = Math.max(usage.peak_gpu_memory_mb, memoryMb)
  }
  return usage
}

/** Puts the runs of an earlier demo back on their machines, where they went on meanwhile. */
export async function putRunsBack(
  database: PrismaClient,
  machines: ReadonlyMap<string, SimulatedMachine>,
): Promise<void> {
  const runs = await database.jobAttempt.findMany({
    where: { connection_id: { in: [...machines.keys()] }, started_at: { not: null } },
    include: { job: true },
  })
  for (const { job, started_at, ended_at, ...run } of runs) {
    const isCancelled = run.end_reason === 'cancelled_by_user' || run.end_reason === null
    const stopped = isCancelled ? (job.cancel_requested_at ?? null) : null
    machines.get(run.connection_id ?? '')?.runs?.add({
      job_id: run.job_id,
      attempt: run.attempt,
      run_token: run.run_token,
      command: job.command ?? '',
      gpu_uuids: run.gpu_uuids as string[],
      timeout_s: job.timeout_s,
      startedMs: started_at?.getTime() ?? 0,
      stoppedMs: stopped?.getTime() ?? null,
    })
  }
}

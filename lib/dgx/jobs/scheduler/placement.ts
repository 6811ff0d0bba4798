import type { WaitReason } from '../states'

/** Why a GPU cannot be given to a job now. */
export const GPU_BLOCKS = [
  'held_by_job',
  'machine_read_only',
  'foreign_process',
  'gpu_unhealthy',
  'host_unreachable',
  'gpus_unknown',
] as const
export type GpuBlock = (typeof GPU_BLOCKS)[number]

export type FleetGpu = {
  uuid: string
  index: number | null
  name: string | null
  /** Of unified memory: the machine's. Null where unknown. */
  memory_total_mb: number | null
  /** What a job can still take, where memory is shared with the rest of the machine; else null. */
  shared_free_mb: number | null
  block: { reason: GpuBlock; message: string } | null
}

export type FleetMachine = {
  id: string
  name: string
  isConnected: boolean
  /** Whether its user wants it connected. */
  isWanted: boolean
  /** Nothing may be started there. */
  isReadOnly: boolean
  /** Null while none of its GPUs was ever seen in this run of the app. */
  gpus: readonly FleetGpu[] | null
  /** False while what is known of its GPUs is too old to decide by. */
  isFresh: boolean
}

/** What a job that waits asks for; the list is in the order in which jobs have their turn. */
export type Waiting = {
  id: string
  gpus: number
  gpu_indices: readonly number[] | null
  min_gpu_memory_mb: number | null
  /** Ids of machines, the one to try first first. */
  machine_ids: readonly string[]
}

export type Placement = { job_id: string } & (
  | { machine: FleetMachine; gpus: readonly FleetGpu[] }
  | { machine: null; wait_reason: WaitReason; message: string }
)

/**
 * Decides for each waiting job, in their order: it starts on the first of its machines that has what
 * it needs, or it waits and keeps the free GPUs that it could use for itself on the machine where it
 * lacks the fewest. So what comes later takes only GPUs that nobody before it can use, and a job for
 * many GPUs gets them one by one as they become free: it never starves.
 */
export function place(
  jobs: readonly Waiting[],
  machines: ReadonlyMap<string, FleetMachine>,
): Placement[] {
  /** GPUs given away in this round, or kept for a job that waits. */
  const taken = new Map<FleetGpu, 'given' | 'kept'>()
  return jobs.map((job) => {
    const candidates = job.machine_ids.flatMap((id) => machines.get(id) ?? [])
    const usable = candidates.filter(isUsable(job))
    let best: { missing: number; free: FleetGpu[] } | null = null
    for (const machine of usable) {
      const free = freeFor(job, machine).filter((gpu) => !taken.has(gpu))
      if (free.length >= job.gpus) {
        const gpus = bestFit(free).slice(0, job.gpus)
        for (const gpu of gpus) taken.set(gpu, 'given')
        return { job_id: job.id, machine, gpus }
      }
      const missing = job.gpus - free.length
      const couldEver = capable(job, machine).length >= job.gpus
      if (couldEver && (best === null || missing < best.missing)) best = { missing, free }
    }
    const wait = explain(job, candidates, taken)
    for (const gpu of best?.free ?? []) taken.set(gpu, 'kept')
    return { job_id: job.id, machine: null, ...wait }
  })
}

/** Why none of these machines can ever run it; null when one may. Unknown machines may. */
export function whyNever(
  job: Omit<Waiting, 'id' | 'machine_ids'>,
  candidates: readonly FleetMachine[],
): string | null {
  if (job.gpus === 0 || candidates.length === 0) return null
  const reasons: string[] = []
  for (const machine of candidates) {
    const { gpus, name } = machine
    if (gpus === null) return null
    const fitting = gpus.filter((gpu) => matches(job, gpu))
    if (fitting.length >= job.gpus) return null
    const known = new Set(gpus.map(({ index }) => index))
    const unknown = job.gpu_indices?.filter((index) => !known.has(index)) ?? []
    const most = Math.max(0, ...gpus.map(({ memory_total_mb }) => memory_total_mb ?? 0))
    if (unknown.length > 0) {
      reasons.push(
        `${name} has no GPU ${unknown.join(', ')}: it has ${[...known].join(', ') || 'none'}`,
      )
    } else if (gpus.length < job.gpus) {
      reasons.push(`${name} has ${count(gpus.length)}, the job asks for ${job.gpus}`)
    } else {
      reasons.push(
        `${name} has ${count(fitting.length)} with ${job.min_gpu_memory_mb} MB, the job asks for ${job.gpus} (its largest has ${most} MB)`,
      )
    }
  }
  return `It can never run: ${reasons.join('; ')}. Ask for less, or name another machine.`
}

const count = (n: number) => `${n === 0 ? 'no' : n} GPU${n === 1 ? '' : 's'}`

const isUsable = (job: Waiting) => (machine: FleetMachine) =>
  machine.isConnected &&
  !machine.isReadOnly &&
  (job.gpus === 0 || (machine.gpus !== null && machine.isFresh))

/** Whether a GPU is one that the job asks for, be it free or not. */
function matches(job: Omit<Waiting, 'id' | 'machine_ids'>, gpu: FleetGpu): boolean {
  if (job.gpu_indices !== null && !(gpu.index !== null && job.gpu_indices.includes(gpu.index))) {
    return false
  }
  // What is not known of a GPU is no reason to leave it out for ever.
  return (
    job.min_gpu_memory_mb === null ||
    gpu.memory_total_mb === null ||
    gpu.memory_total_mb >= job.min_gpu_memory_mb
  )
}

/** Those that it can get now or when their holder ends; one with a fault has no holder. */
function capable(job: Waiting, machine: FleetMachine): FleetGpu[] {
  return (machine.gpus ?? []).filter(
    (gpu) => matches(job, gpu) && gpu.block?.reason !== 'gpu_unhealthy',
  )
}

function freeFor(job: Waiting, machine: FleetMachine): FleetGpu[] {
  return capable(job, machine).filter(
    (gpu) =>
      gpu.block === null &&
      (gpu.shared_free_mb === null || gpu.shared_free_mb >= (job.min_gpu_memory_mb ?? 1)),
  )
}

/** The smallest first, so that the large ones stay for those who need them. */
function bestFit(gpus: readonly FleetGpu[]): FleetGpu[] {
  return gpus.toSorted(
    (a, b) =>
      (a.memory_total_mb ?? 0) - (b.memory_total_mb ?? 0) || (a.index ?? 0) - (b.index ?? 0),
  )
}

function explain(
  job: Waiting,
  candidates: readonly FleetMachine[],
  taken: ReadonlyMap<FleetGpu, 'given' | 'kept'>,
): { wait_reason: WaitReason; message: string } {
  if (candidates.length === 0) {
    return {
      wait_reason: 'no_machine',
      message:
        'None of its machines exists any more. Name another one with PUT connection_id, or cancel it.',
    }
  }
  const writable = candidates.filter(({ isReadOnly }) => !isReadOnly)
  const isLeftOut = writable.length < candidates.length
  if (isLeftOut && (writable.length === 0 || whyNever(job, writable) !== null)) {
    const left = candidates.filter(({ isReadOnly }) => isReadOnly).map(({ name }) => name)
    return {
      wait_reason: 'machine_read_only',
      message: `Waits until ${left.join(', ')} may be written to again: ${left.length === 1 ? 'it is' : 'they are'} read-only by the safety settings.`,
    }
  }
  const names = writable.map(({ name }) => name).join(', ')
  const connected = writable.filter(({ isConnected }) => isConnected)
  if (connected.length === 0) {
    return writable.some(({ isWanted }) => isWanted)
      ? {
          wait_reason: 'host_unreachable',
          message: `Waits until ${names} can be reached again; that is tried all the time.`,
        }
      : {
          wait_reason: 'host_disconnected',
          message: `Waits until ${names} is connected: POST /api/dgx/connect/:id.`,
        }
  }
  const known = connected.filter(isUsable(job))
  if (known.length === 0) {
    return {
      wait_reason: 'gpus_unknown',
      message: `Waits for a fresh reading of the GPUs of ${connected.map(({ name }) => name).join(', ')}; see its metrics if none comes.`,
    }
  }
  const never = candidates.length === known.length ? whyNever(job, known) : null
  if (never) return { wait_reason: 'does_not_fit', message: never }
  const wish = wishOf(job)
  if (known.every((machine) => capable(job, machine).length < job.gpus)) {
    return {
      wait_reason: 'gpu_unhealthy',
      message: `Waits for ${wish} on ${names}: GPUs with a fault are left out, and without them there are not enough.`,
    }
  }
  if (known.some((machine) => isBehind(job, machine, taken))) {
    return {
      wait_reason: 'behind_others',
      message: `Waits for ${wish} on ${names}; free ones are kept for jobs before it.`,
    }
  }
  return { wait_reason: 'no_gpu_free', message: `Waits for ${wish} on ${names} to become free.` }
}

function isBehind(
  job: Waiting,
  machine: FleetMachine,
  taken: ReadonlyMap<FleetGpu, 'given' | 'kept'>,
): boolean {
  return freeFor(job, machine).filter((gpu) => taken.get(gpu) !== 'given').length >= job.gpus
}

function wishOf({ gpus, gpu_indices, min_gpu_memory_mb }: Waiting): string {
  const memory = min_gpu_memory_mb === null ? '' : ` with ${min_gpu_memory_mb} MB`
  if (gpu_indices) {
    return `GPU${gpu_indices.length === 1 ? '' : 's'} ${gpu_indices.join(', ')}${memory}`
  }
  return `${count(gpus)}${memory}`
}

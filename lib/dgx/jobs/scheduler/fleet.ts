import type { GpuSample, Metrics } from '../../gpu/types'
import type { Lease } from '../leases'
import type { FleetGpu, FleetMachine } from './placement'

export type FleetLimits = {
  /** What processes that are not ours may hold of a GPU that still counts as free, MiB. */
  maxForeignMb: number
  /** What is left to the rest of the machine where GPUs share its memory, MiB. */
  sharedMarginMb: number
}

type MachineFacts = {
  connection: { id: string; name: string; is_active: boolean; read_only: boolean }
  isConnected: boolean
  /** The newest sample, however old; null before the first. */
  metrics: Metrics | null
  /** Of this machine. */
  leases: readonly Pick<Lease, 'gpu_uuid' | 'job_id'>[]
  limits: FleetLimits
}

/** What the placement of jobs needs to know of a machine. */
export function toFleetMachine(facts: MachineFacts): FleetMachine {
  const { connection, isConnected, metrics, leases, limits } = facts
  const holders = new Map(leases.map((lease) => [lease.gpu_uuid, lease.job_id]))
  const isFresh = metrics !== null && !metrics.stale && metrics.gpus_recorded_at !== null
  const gpus = metrics?.gpus.map((gpu): FleetGpu => {
    const { uuid, index, name, memory_total_mb, memory_kind, memory_available_mb } = gpu
    const isShared = memory_kind === 'unified'
    return {
      uuid,
      index,
      name,
      memory_total_mb,
      shared_free_mb: isShared
        ? Math.max(0, (memory_available_mb ?? 0) - limits.sharedMarginMb)
        : null,
      block: blockOf({
        gpu,
        holder: holders.get(uuid),
        isConnected,
        isFresh,
        isReadOnly: connection.read_only,
        name: connection.name,
        limits,
      }),
    }
  })
  return {
    id: connection.id,
    name: connection.name,
    isConnected,
    isWanted: connection.is_active,
    isReadOnly: connection.read_only,
    gpus: gpus && gpus.length > 0 ? gpus : null,
    isFresh,
  }
}

/** The uuids of GPUs that a job could be given, by a fresh reading of their machine. */
export function freeGpus(
  gpus: readonly GpuSample[],
  leases: MachineFacts['leases'],
  limits: FleetLimits,
): string[] {
  const held = new Set(leases.map(({ gpu_uuid }) => gpu_uuid))
  return gpus
    .filter((gpu) => !held.has(gpu.uuid) && !troubleOf(gpu, limits))
    .map(({ uuid }) => uuid)
}

function blockOf(facts: {
  gpu: GpuSample
  holder: string | undefined
  isConnected: boolean
  isFresh: boolean
  isReadOnly: boolean
  name: string
  limits: FleetLimits
}): FleetGpu['block'] {
  const { gpu, holder, name } = facts
  if (holder !== undefined) return { reason: 'held_by_job', message: `Job ${holder} holds it.` }
  if (facts.isReadOnly) {
    return { reason: 'machine_read_only', message: `${name} is read-only.` }
  }
  if (!facts.isConnected) {
    return { reason: 'host_unreachable', message: `${name} is not connected.` }
  }
  if (!facts.isFresh) {
    return { reason: 'gpus_unknown', message: `The last reading of ${name} is too old.` }
  }
  return troubleOf(gpu, facts.limits)
}

/** What keeps a GPU that no job holds from being given to one. */
function troubleOf(gpu: GpuSample, { maxForeignMb }: FleetLimits): FleetGpu['block'] {
  if (gpu.health.status === 'fault') {
    return {
      reason: 'gpu_unhealthy',
      message: gpu.health.reasons.map(({ message }) => message).join(' '),
    }
  }
  // Desktop programs are at home where memory is shared; how much of it is free decides.
  if (gpu.memory_kind === 'unified') return null
  const foreign = foreignProcess(gpu, maxForeignMb)
  return foreign && { reason: 'foreign_process', message: describeProcess(foreign) }
}

/**
 * The process that keeps a GPU from being free: the largest, when together they hold more than
 * `maxMb`, or one of which nobody knows how much it holds.
 */
export function foreignProcess(gpu: Pick<GpuSample, 'processes'>, maxMb: number) {
  const processes = gpu.processes.toSorted((a, b) => held(b) - held(a))
  const total = processes.reduce((sum, process) => sum + held(process), 0)
  return total > maxMb ? (processes[0] ?? null) : null
}

const held = ({ memory_used_mb }: { memory_used_mb: number | null }) =>
  memory_used_mb ?? Number.POSITIVE_INFINITY

function describeProcess(process: GpuSample['processes'][number]): string {
  const { pid, name, user, memory_used_mb } = process
  const by = user === null ? '' : ` of ${user}`
  const memory = memory_used_mb === null ? 'its memory' : `${memory_used_mb} MB`
  return `Process ${pid}${by} (${name}) holds ${memory} of it and is no job's.`
}

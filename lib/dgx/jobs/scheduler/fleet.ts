import type { GpuSample, Metrics } from '../../gpu/types'
import type { Lease } from '../leases'
import type { FleetGpu, FleetMachine, GpuBlock } from './placement'

export type FleetLimits = {
  /** What processes that are not ours may hold of a GPU that still counts as free, MiB. */
  maxForeignMb: number
  /** What is left to the rest of the machine where GPUs share its memory, MiB. */
  sharedMarginMb: number
}

/** What decides which GPUs of a machine are free. */
type MachineFacts = {
  isReadOnly: boolean
  isConnected: boolean
  /** The newest sample, however old; null before the first. */
  metrics: Omit<Metrics, 'free_gpu_uuids'> | null
  /** Of this machine. */
  leases: readonly Pick<Lease, 'gpu_uuid' | 'job_id'>[]
  limits: FleetLimits
}

/** What the placement of jobs needs to know of a machine. */
export function toFleetMachine(
  facts: MachineFacts & { connection: { id: string; name: string; is_active: boolean } },
): FleetMachine {
  const { connection, isReadOnly, isConnected, metrics, leases, limits } = facts
  const gpus = metrics?.gpus.map((gpu): FleetGpu => {
    const { uuid, index, name, memory_total_mb, memory_kind, memory_available_mb } = gpu
    const isShared = memory_kind === 'unified'
    const reason = blockOf(gpu, facts)
    return {
      uuid,
      index,
      name,
      memory_total_mb,
      shared_free_mb: isShared
        ? Math.max(0, (memory_available_mb ?? 0) - limits.sharedMarginMb)
        : null,
      block: reason && {
        reason,
        message: describeBlock(reason, gpu, { machine: connection.name, leases, limits }),
      },
    }
  })
  return {
    id: connection.id,
    name: connection.name,
    isConnected,
    isWanted: connection.is_active,
    isReadOnly,
    gpus: gpus && gpus.length > 0 ? gpus : null,
    isFresh: isFresh(metrics),
  }
}

/** The uuids of a machine's GPUs that a job could be given now. */
export function freeGpus(facts: MachineFacts): string[] {
  const free = facts.metrics?.gpus.filter((gpu) => blockOf(gpu, facts) === null) ?? []
  return free.map(({ uuid }) => uuid)
}

const isFresh = (metrics: MachineFacts['metrics']) =>
  metrics !== null && !metrics.stale && metrics.gpus_recorded_at !== null

/** Why a GPU can be given to no job now; null when it is free. */
function blockOf(gpu: GpuSample, facts: MachineFacts): GpuBlock | null {
  if (facts.leases.some(({ gpu_uuid }) => gpu_uuid === gpu.uuid)) return 'held_by_job'
  if (facts.isReadOnly) return 'machine_read_only'
  if (!facts.isConnected) return 'host_unreachable'
  if (!isFresh(facts.metrics)) return 'gpus_unknown'
  if (gpu.health.status === 'fault') return 'gpu_unhealthy'
  // Desktop programs are at home where memory is shared; how much of it is free decides.
  if (gpu.memory_kind === 'unified') return null
  return foreignProcess(gpu, facts.limits.maxForeignMb) && 'foreign_process'
}

function describeBlock(
  reason: GpuBlock,
  gpu: GpuSample,
  { machine, leases, limits }: { machine: string } & Pick<MachineFacts, 'leases' | 'limits'>,
): string {
  switch (reason) {
    case 'held_by_job':
      return `Job ${leases.find(({ gpu_uuid }) => gpu_uuid === gpu.uuid)?.job_id} holds it.`
    case 'machine_read_only':
      return `${machine} is read-only.`
    case 'host_unreachable':
      return `${machine} is not connected.`
    case 'gpus_unknown':
      return `The last reading of ${machine} is too old.`
    case 'gpu_unhealthy':
      return gpu.health.reasons.map(({ message }) => message).join(' ')
    case 'foreign_process': {
      const process = foreignProcess(gpu, limits.maxForeignMb)
      return process ? describeProcess(process) : ''
    }
  }
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

import type { FastValues } from './fields'
import type { GpuProcess, GpuSample, NullReason } from './types'

/** Parts whose GPU has no memory of its own. GB100 and GH200 are not among them. */
const INTEGRATED = /\b(?:GB10|N1X|Orin|Thor|Xavier|nvgpu|DGX Spark)\b/i

/** True for a GPU that shares the machine's memory, by its name. */
export function isIntegrated(name: string | null): boolean {
  return name !== null && INTEGRATED.test(name)
}

type MemoryInput = {
  values: Pick<FastValues, 'name' | 'memory_total_mb' | 'memory_used_mb' | 'memory_available_mb'>
  /** Why the driver gave no total; undefined when it gave one. */
  totalReason: NullReason | undefined
  /** MemTotal and MemAvailable of the machine, MiB. */
  host: { memory_total_mb: number | null; memory_available_mb: number | null }
  /** Null when the processes could not be listed. */
  processes: readonly GpuProcess[] | null
}

export type MemoryReading = Pick<
  GpuSample,
  'memory_kind' | 'memory_total_mb' | 'memory_used_mb' | 'memory_available_mb'
>

/**
 * What to show as a GPU's memory. On a unified part the pool is the machine's: total and
 * available come from /proc/meminfo, and used is what the GPU's processes hold, because
 * MemTotal - MemAvailable also counts everything else that runs.
 */
export function readMemory(input: MemoryInput): MemoryReading {
  const { values, host } = input
  if (isUnified(input)) {
    return {
      memory_kind: 'unified',
      memory_total_mb: host.memory_total_mb,
      memory_available_mb: host.memory_available_mb,
      memory_used_mb: memoryOfProcesses(input),
    }
  }
  const { memory_total_mb: total, memory_used_mb: used } = values
  if (total === null) {
    return {
      memory_kind: 'unknown',
      memory_total_mb: null,
      memory_available_mb: values.memory_available_mb,
      memory_used_mb: used,
    }
  }
  const free = values.memory_available_mb ?? (used === null ? null : Math.max(0, total - used))
  return {
    memory_kind: 'dedicated',
    memory_total_mb: total,
    memory_available_mb: free,
    memory_used_mb: used,
  }
}

/**
 * Three forms are known: no total at all (GB10, Jetson); the machine's own total; a small
 * carve-out that says nothing of what a process can take (N1X). A total that is missing because
 * of a fault proves nothing.
 */
function isUnified({ values, totalReason, host }: MemoryInput): boolean {
  if (!isIntegrated(values.name)) return false
  if (values.memory_total_mb === null) return totalReason === 'absent'
  if (host.memory_total_mb === null) return false
  const share = values.memory_total_mb / host.memory_total_mb
  return share < 0.25 || (share >= 0.9 && share <= 1.1)
}

function memoryOfProcesses({ values, processes }: MemoryInput): number | null {
  if (processes === null) return null
  const known = processes.flatMap((process) => process.memory_used_mb ?? [])
  if (known.length > 0) return known.reduce((sum, mb) => sum + mb, 0)
  // A Jetson's nvidia-smi lists no processes even when some run, so none is no proof of 0.
  const listsProcesses = !/nvgpu|orin|xavier/i.test(values.name ?? '')
  return processes.length === 0 && listsProcesses ? 0 : null
}

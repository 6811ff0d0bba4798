import type { HostSample } from '@/lib/dgx/gpu/types'

type Part = { part: 'gpu' | 'host' | 'cache' | 'free'; mb: number }

/**
 * Cuts a unified pool (MiB) into what GPU processes hold, what else the host uses, cache that gives
 * way, and what is free. The parts add up to the whole. Null when the host did not say.
 */
export function memoryParts(
  gpuMb: number | null,
  host: Pick<HostSample, 'memory_total_mb' | 'memory_available_mb' | 'memory_cached_mb'>,
): Part[] | null {
  const { memory_total_mb: total, memory_available_mb: available, memory_cached_mb } = host
  if (total === null || available === null) return null
  const taken = Math.max(0, total - available)
  // nvidia-smi and the kernel count at different moments.
  const gpu = Math.min(gpuMb ?? 0, taken)
  const cache = Math.min(memory_cached_mb ?? 0, available)
  return [
    { part: 'gpu', mb: gpu },
    { part: 'host', mb: taken - gpu },
    { part: 'cache', mb: cache },
    { part: 'free', mb: available - cache },
  ]
}

import type { GpuSample, HealthStatus, Metrics } from '@/lib/dgx/gpu/types'

/** Below this a GPU does nothing worth telling; above, somebody uses it. */
const IDLE_UTILIZATION = 5
const IDLE_MEMORY_SHARE = 0.02

/** The GPUs that a job could be given, as the scheduler sees it. */
export function freeGpusOf({ gpus, free_gpu_uuids }: Metrics): GpuSample[] {
  return gpus.filter(({ uuid }) => free_gpu_uuids.includes(uuid))
}

/** Somebody is seen to use it. One that says nothing is neither free nor in use. */
export function isInUse(gpu: GpuSample): boolean {
  const { processes, gpu_utilization, memory_used_mb, memory_total_mb, memory_kind } = gpu
  if (processes.length > 0 || (gpu_utilization ?? 0) > IDLE_UTILIZATION) return true
  if (memory_kind === 'unified' || memory_used_mb === null || !memory_total_mb) return false
  return memory_used_mb / memory_total_mb > IDLE_MEMORY_SHARE
}

export const HEALTH_TONE = { ok: 'good', warning: 'warn', fault: 'bad' } as const satisfies Record<
  HealthStatus,
  string
>

/** `NVIDIA A100-SXM4-80GB` as people say it. */
export function shortName(name: string | null): string {
  return (name ?? 'Unknown GPU').replace(/^NVIDIA /, '')
}

/** What is in a machine: `8 × A100-SXM4-80GB`, `RTX A6000 + T1000`. */
export function modelsOf(gpus: readonly GpuSample[]): string {
  const counts = new Map<string, number>()
  for (const { name } of gpus) {
    const model = shortName(name)
    counts.set(model, (counts.get(model) ?? 0) + 1)
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([model, count]) => (count > 1 ? `${count} × ${model}` : model))
    .join(' + ')
}

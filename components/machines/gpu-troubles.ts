import type { GpuSample, HealthStatus } from '@/lib/dgx/gpu/types'

type Trouble = {
  status: Exclude<HealthStatus, 'ok'>
  message: string
  /** The GPUs that have it, by index; `?` where it is not known. */
  indexes: (number | '?')[]
}

/** What is wrong with a machine's GPUs, each thing once: what all eight have is one notice. */
export function groupTroubles(gpus: readonly Pick<GpuSample, 'index' | 'health'>[]): Trouble[] {
  const byMessage = new Map<string, Trouble>()
  for (const { index, health } of gpus) {
    if (health.status === 'ok') continue
    for (const { message } of health.reasons) {
      const trouble = byMessage.get(message) ?? { status: health.status, message, indexes: [] }
      trouble.indexes.push(index ?? '?')
      if (health.status === 'fault') trouble.status = 'fault'
      byMessage.set(message, trouble)
    }
  }
  return [...byMessage.values()].sort(
    (a, b) => Number(b.status === 'fault') - Number(a.status === 'fault'),
  )
}

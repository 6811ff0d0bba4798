import type { HealthEvent } from '@/lib/dgx/gpu/answers'

/** One thing that happened, to one GPU or to several at once. */
export type HealthChange = Pick<HealthEvent, 'id' | 'to' | 'changed_at' | 'reasons'> & {
  /** Their indexes in order; null where it is not known. */
  gpus: (number | null)[]
}

/** Within so long the same is one event: a machine that loses its driver loses all its GPUs. */
const TOGETHER_MS = 60_000

/**
 * Events (newest first) as they are told: what befell several GPUs at once is said once, and of the
 * first look at a GPU there is nothing to tell when all is well.
 */
export function healthChanges(events: readonly HealthEvent[]): HealthChange[] {
  const changes: HealthChange[] = []
  for (const { id, from, to, changed_at, reasons, gpu_index } of events) {
    if (from === null && to === 'ok') continue
    const before = changes.findLast(
      (change) =>
        change.to === to &&
        words(change.reasons) === words(reasons) &&
        Date.parse(change.changed_at) - Date.parse(changed_at) <= TOGETHER_MS &&
        !change.gpus.includes(gpu_index),
    )
    if (before) before.gpus.push(gpu_index)
    else changes.push({ id, to, changed_at, reasons, gpus: [gpu_index] })
  }
  for (const { gpus } of changes) gpus.sort((a, b) => (a ?? -1) - (b ?? -1))
  return changes
}

function words(reasons: HealthEvent['reasons']): string {
  return reasons.map(({ message }) => message).join('\n')
}

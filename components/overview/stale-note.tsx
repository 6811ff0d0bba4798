'use client'

import type { Metrics } from '@/lib/dgx/gpu/types'
import { duration } from '../format'
import { useServerState } from '../live/use-live'
import { useNow } from '../live/use-now'

const FRESH_INTERVALS = 3
const SLACK_MS = 2_000
const LOOK_EVERY_MS = 2_000

/** Whether the newest sample is older than three intervals. The page's own line may be the cause. */
export function useIsStale(metrics: Metrics | null, sampleIntervalMs: number): boolean {
  const now = useNow(LOOK_EVERY_MS)
  const server = useServerState()
  if (!metrics) return false
  if (now === null || server === 'connecting') return metrics.stale
  return now - Date.parse(metrics.recorded_at) > FRESH_INTERVALS * sampleIntervalMs + SLACK_MS
}

/** Says how old the values beside it are. */
export function StaleNote({ at }: { at: string }) {
  const now = useNow(1_000)
  return (
    <p className="font-medium text-warn text-xs">
      Old values: the last sample came{' '}
      {now === null ? 'a while' : duration(Math.max(0, now - Date.parse(at)) / 1000)} ago.
    </p>
  )
}

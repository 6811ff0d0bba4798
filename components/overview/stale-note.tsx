'use client'

import { useEffect, useState } from 'react'
import type { Metrics } from '@/lib/dgx/gpu/types'
import { duration } from '../format'
import { liveStore } from '../live/live-store'
import { useServerState } from '../live/use-live'
import { useNow } from '../live/use-now'

const FRESH_INTERVALS = 3
const SLACK_MS = 2_000
const LOOK_EVERY_MS = 2_000

/**
 * Whether the newest sample is older than three intervals. The page's own line may be the cause.
 * Drawn anew only when the answer changes: an overview asks for forty machines.
 */
export function useIsStale(metrics: Metrics | null, sampleIntervalMs: number): boolean {
  const server = useServerState()
  const [isOld, setIsOld] = useState<boolean | null>(null)
  useEffect(() => {
    if (!metrics) return
    const look = () => {
      const store = liveStore()
      // What is out of sight is not drawn with the newest.
      const newest = store.machine(metrics.connection_id).metrics ?? metrics
      const age = store.socket.now() - Date.parse(newest.recorded_at)
      setIsOld(age > FRESH_INTERVALS * sampleIntervalMs + SLACK_MS)
    }
    look()
    const timer = setInterval(look, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [metrics, sampleIntervalMs])
  if (!metrics) return false
  return isOld === null || server === 'connecting' ? metrics.stale : isOld
}

/** How old values look. Fainter ones could not be read by everybody. */
export const OLD_VALUES = 'grayscale'

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

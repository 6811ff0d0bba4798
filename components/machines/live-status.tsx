'use client'

import type { Metrics } from '@/lib/dgx/gpu/types'
import { staleAfterMs } from '../charts/live-columns'
import { duration } from '../format'
import { type ConnectionNow, useConnection, useMetrics, useTopic } from '../live/use-live'
import { useNow } from '../live/use-now'
import { Notice } from '../ui/notice'
import { ConnectionStatus } from '../ui/status'

const CLOCK_MS = 1_000

/** The state of a machine's connection as it changes. */
export function LiveStatus({
  connectionId,
  first,
}: {
  connectionId: string
  first: ConnectionNow
}) {
  return <ConnectionStatus status={useConnection(connectionId, first).status} />
}

/** How old the newest sample is, s, and whether that is too old; by the server's clock. */
export function useAge(
  metrics: Metrics | null,
  sampleIntervalMs: number,
): { seconds: number | null; isStale: boolean } {
  const now = useNow(CLOCK_MS)
  if (!metrics || now === null) return { seconds: null, isStale: metrics?.stale ?? false }
  const age = Math.max(0, now - Date.parse(metrics.recorded_at))
  return { seconds: age / 1000, isStale: age > staleAfterMs(sampleIntervalMs) }
}

/** What is wrong now: the connection, old values, errors of sampling, GPUs that are not well. */
export function MachineNotices({
  connectionId,
  sampleIntervalMs,
  firstState,
  firstMetrics,
}: {
  connectionId: string
  sampleIntervalMs: number
  firstState: ConnectionNow
  firstMetrics: Metrics | null
}) {
  useTopic(`metrics:${connectionId}`)
  const { status, last_error } = useConnection(connectionId, firstState)
  const metrics = useMetrics(connectionId, firstMetrics)
  const { seconds, isStale } = useAge(metrics, sampleIntervalMs)
  const isShown = status === 'connected' || status === 'reconnecting'
  const unwell = isShown ? (metrics?.gpus ?? []).filter((gpu) => gpu.health.status !== 'ok') : []
  return (
    <>
      {last_error && <Notice tone="error" title={last_error.message} />}
      {isShown && metrics && isStale && (
        <Notice tone="warning" title="These values are old.">
          {seconds === null
            ? 'No sample has come for a while.'
            : `The last sample came ${duration(seconds)} ago.`}
        </Notice>
      )}
      {isShown &&
        metrics?.errors.map((error) => (
          <Notice key={error.code + error.message} tone="warning" title={error.message} />
        ))}
      {unwell.map((gpu) => (
        <Notice
          key={gpu.uuid}
          tone={gpu.health.status === 'fault' ? 'error' : 'warning'}
          title={`GPU ${gpu.index ?? '?'}: ${gpu.health.status}`}
        >
          {gpu.health.reasons.map(({ message }) => message).join(' ')}
        </Notice>
      ))}
    </>
  )
}

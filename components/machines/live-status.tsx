'use client'

import type { ReactNode } from 'react'
import type { Metrics } from '@/lib/dgx/gpu/types'
import { splitSentence } from '../format'
import { type ConnectionNow, useConnection, useMetrics, useTopic } from '../live/use-live'
import { OLD_VALUES, StaleNote, useIsStale } from '../overview/stale-note'
import { Notice } from '../ui/notice'
import { ConnectionStatus } from '../ui/status'
import { groupTroubles } from './gpu-troubles'

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

/** Pales what is in it while the newest sample is too old, without drawing it again. */
export function PaleWhenOld({
  metrics,
  sampleIntervalMs,
  children,
}: {
  metrics: Metrics
  sampleIntervalMs: number
  children: ReactNode
}) {
  const isStale = useIsStale(metrics, sampleIntervalMs)
  return (
    <div className={`flex min-w-0 flex-col gap-5 ${isStale ? OLD_VALUES : ''}`}>{children}</div>
  )
}

function OldValues({ metrics, sampleIntervalMs }: { metrics: Metrics; sampleIntervalMs: number }) {
  const isStale = useIsStale(metrics, sampleIntervalMs)
  if (!isStale) return null
  return (
    <Notice tone="warning" title="These values are old.">
      <StaleNote at={metrics.recorded_at} />
    </Notice>
  )
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
  const isShown = status === 'connected' || status === 'reconnecting'
  const troubles = isShown ? groupTroubles(metrics?.gpus ?? []) : []
  return (
    <>
      {last_error && (
        // What is being tried again may pass by itself.
        <Told tone={status === 'reconnecting' ? 'warning' : 'error'} text={last_error.message} />
      )}
      {isShown && metrics && <OldValues metrics={metrics} sampleIntervalMs={sampleIntervalMs} />}
      {isShown &&
        metrics?.errors.map((error) => (
          <Told key={error.code + error.message} tone="warning" text={error.message} />
        ))}
      {troubles.map(({ status: tone, message, indexes }) => (
        <Notice
          key={message}
          tone={tone === 'fault' ? 'error' : 'warning'}
          title={`GPU ${indexes.join(', ')}`}
        >
          {message}
        </Notice>
      ))}
    </>
  )
}

/** What happened as the title, what to do about it below. */
function Told({ tone, text }: { tone: 'error' | 'warning'; text: string }) {
  const [title = text, rest] = splitSentence(text)
  return (
    <Notice tone={tone} title={title}>
      {rest}
    </Notice>
  )
}

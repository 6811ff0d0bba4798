'use client'

import { useMemo } from 'react'
import type { RecentSample } from '@/lib/recent-sample'
import type { GpuColumns } from '../charts/columns'
import type { JobSpan } from '../charts/job-spans'
import { type HostColumns, liveGpuColumns, liveHostColumns } from '../charts/live-columns'
import { useSamples, useTopic } from '../live/use-live'
import { useNow } from '../live/use-now'
import { ChartBoard } from './chart-board'
import type { AxisLimits } from './gpu-metrics'
import type { HostLimits } from './host-charts'
import type { TimeRange } from './time-range'

type Common = {
  connectionId: string
  range: TimeRange
  limits: AxisLimits
  hostLimits: HostLimits
  spans: readonly JobSpan[]
}

const CLOCK_MS = 5_000
const HOUR_MS = 3_600_000

/** The last ten minutes, which move on with each sample. */
export function LiveCharts({
  first,
  sampleIntervalMs,
  ...common
}: Common & { first: RecentSample[]; sampleIntervalMs: number }) {
  const { connectionId, range } = common
  useTopic(`metrics:${connectionId}`)
  const samples = useSamples(connectionId, first)
  const now = useNow(CLOCK_MS)
  const columns = useMemo(
    () => liveGpuColumns(samples, sampleIntervalMs),
    [samples, sampleIntervalMs],
  )
  const host = useMemo(
    () => liveHostColumns(samples, sampleIntervalMs),
    [samples, sampleIntervalMs],
  )
  // When samples stop, time does not.
  const to = Math.max(samples.at(-1)?.at ?? 0, now ?? 0)
  return (
    <ChartBoard
      {...common}
      columns={columns}
      host={host}
      from={to - range.hours * HOUR_MS}
      to={to}
      note={
        samples.length === 0
          ? 'No sample has come in the last ten minutes. Lines begin with the next one; a longer range shows what was recorded before.'
          : 'Every sample of the last ten minutes. Drag over a chart to look closer.'
      }
    />
  )
}

/** A past range as averages with the least and greatest value. */
export function PastCharts({
  columns,
  host,
  from,
  to,
  bucketS,
  ...common
}: Common & {
  columns: GpuColumns
  host: HostColumns
  from: number
  to: number
  bucketS: number
}) {
  const length = bucketS < 60 ? `${bucketS} s` : `${Math.round(bucketS / 60)} min`
  return (
    <ChartBoard
      {...common}
      columns={columns}
      host={host.at.length > 0 ? host : null}
      from={from}
      to={to}
      note={
        columns.at.length === 0
          ? 'Nothing was recorded in this time. Samples are kept while the machine is connected.'
          : `Averages over ${length}; the band of the line you point at is from the least to the greatest value. Gaps are times without samples. The SM clock is charted live only.`
      }
    />
  )
}

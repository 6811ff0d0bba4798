'use client'

import { ChartLine } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import { ChartGroup } from '../charts/chart-group'
import { ChartTooltip } from '../charts/chart-tooltip'
import type { GpuColumns } from '../charts/columns'
import type { JobSpan } from '../charts/job-spans'
import type { HostColumns } from '../charts/live-columns'
import { TimeChart } from '../charts/time-chart'
import { EmptyState } from '../ui/empty-state'
import { CopyCurl } from './copy-curl'
import { GpuLegend } from './gpu-legend'
import { type AxisLimits, gpuMetrics } from './gpu-metrics'
import { useHiddenGpus } from './hidden-gpus'
import { HostCharts, type HostLimits, hostMetrics } from './host-charts'
import { RangeBar } from './range-bar'
import { historyParameters, type TimeRange, zoomQuery } from './time-range'

/** The charts of a machine over one range, with one crosshair, one tooltip and one legend. */
export function ChartBoard({
  connectionId,
  range,
  columns,
  host,
  from,
  to,
  limits,
  hostLimits,
  spans,
  note,
}: {
  connectionId: string
  range: TimeRange
  columns: GpuColumns
  /** Null where it is not known over this range. */
  host: HostColumns | null
  from: number
  to: number
  limits: AxisLimits
  hostLimits: HostLimits
  spans: readonly JobSpan[]
  note: ReactNode
}) {
  const router = useRouter()
  const [group] = useState(() => new ChartGroup())
  const [hidden, setHidden] = useHiddenGpus(connectionId)
  const metrics = useMemo(() => gpuMetrics(columns, limits), [columns, limits])
  const ofHost = useMemo(() => (host ? hostMetrics(host, hostLimits) : []), [host, hostLimits])
  const { key, zoom } = range
  const onZoom = useCallback(
    (start: number, end: number) =>
      router.push(`/connections/${connectionId}${zoomQuery(key, start, end)}`, { scroll: false }),
    [router, connectionId, key],
  )
  const onReset = useCallback(() => {
    if (zoom) router.push(`/connections/${connectionId}?range=${key}`, { scroll: false })
  }, [router, connectionId, key, zoom])
  const shared = { group, from, to, spans, onZoom, onReset }
  const isBare = columns.at.length === 0 && (host === null || host.at.length === 0)
  const parameters = historyParameters(range)
  const history = `metrics/${connectionId}/history?${parameters}`

  return (
    <section aria-label="Charts" className="flex min-w-0 flex-col gap-3">
      <div className="sticky top-11 z-10 -mx-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5 border-line border-b bg-surface px-4 py-2 lg:top-0 lg:-mx-6 lg:px-6">
        <RangeBar connectionId={connectionId} range={range} />
        {columns.gpus.length > 1 && (
          <GpuLegend gpus={columns.gpus} hidden={hidden} onChange={setHidden} group={group} />
        )}
      </div>
      {isBare && (
        <EmptyState title="Nothing to draw yet" icon={<ChartLine />}>
          <p>{note}</p>
        </EmptyState>
      )}
      <div className="grid gap-3 empty:hidden md:grid-cols-2 md:[&>figure:last-child:nth-child(odd)]:col-span-2">
        {columns.gpus.length > 0 &&
          metrics.map(({ key: metric, ...look }) => (
            <TimeChart
              key={metric}
              {...look}
              {...shared}
              at={columns.at}
              hidden={hidden}
              actions={<CopyCurl path={history} what={look.title} />}
            />
          ))}
        {host && host.at.length > 0 && (
          <HostCharts
            at={host.at}
            metrics={ofHost}
            {...shared}
            actions={(what) => (
              <CopyCurl path={`metrics/${connectionId}/host-history?${parameters}`} what={what} />
            )}
          />
        )}
      </div>
      {!isBare && <p className="text-soft text-xs">{note}</p>}
      <ChartTooltip
        group={group}
        from={from}
        to={to}
        gpus={{ at: columns.at, metrics }}
        host={host && { at: host.at, metrics: ofHost }}
        spans={spans}
        hidden={hidden}
      />
    </section>
  )
}

'use client'

import Link from 'next/link'
import { memo } from 'react'
import { gibOf, number, UNKNOWN } from '../format'
import { useConnection } from '../live/use-live'
import { modelsOf } from '../machines/gpu-summary'
import { ReadOnlyBadge } from '../safety/read-only-badge'
import { cn } from '../ui/cn'
import { MEMORY_LIMITS, TEMPERATURE_LIMITS } from '../ui/meter'
import { Sparkline } from '../ui/sparkline'
import { ConnectionStatus, Status } from '../ui/status'
import type { FleetMachine } from './fleet'
import { freeNow, totalsOf } from './fleet-order'
import { GpuStrip } from './gpu-strip'
import { HealthBadge } from './health-badge'
import { JobLinks } from './job-links'
import { memoryTrouble } from './memory-pressure'
import { SPARK_POINTS, utilizationLine } from './sparklines'
import { OLD_VALUES, useIsStale } from './stale-note'
import { useWatched } from './use-watched'
import { ValueBar } from './value-bar'

export const COLUMNS = [
  'Machine',
  'Status',
  { label: 'Free', numeric: true },
  'Busy',
  '5 min',
  { label: 'Memory', numeric: true },
  { label: 'Hottest', numeric: true },
  { label: 'Power', numeric: true },
  'Jobs',
  'Health',
]

/** One machine as a line of the table. */
export const MachineRow = memo(function MachineRow({ machine }: { machine: FleetMachine }) {
  const { connection, jobs } = machine
  const { ref, metrics, samples } = useWatched(connection.id, machine)
  const { status, last_error } = useConnection(connection.id, connection)
  const isStale = useIsStale(metrics, connection.sample_interval_ms)
  const now = { connection: { ...connection, status }, metrics }
  const totals = totalsOf([now])
  const gpus = status === 'connected' ? (metrics?.gpus ?? []) : []
  const trouble = metrics && gpus.length > 0 ? memoryTrouble(metrics.host) : null
  const hottest = Math.max(-1, ...gpus.map((gpu) => gpu.temperature_c ?? -1))
  return (
    <tr
      // A row is an element like any other to the observer.
      ref={ref as React.RefObject<HTMLTableRowElement | null>}
      className={cn('relative [&>td]:align-middle', isStale && OLD_VALUES)}
    >
      <th scope="row" className="max-w-56 text-left font-normal">
        <Link
          href={`/connections/${connection.id}`}
          className="block truncate font-medium after:absolute after:inset-0"
        >
          {connection.name}
        </Link>
        <span className="block truncate text-soft text-xs">
          {gpus[0] ? modelsOf(gpus) : `${connection.username}@${connection.hostname}`}
        </span>
      </th>
      <td title={last_error?.message}>
        <ConnectionStatus status={isStale && status === 'connected' ? 'stale' : status} />
        {connection.read_only && <ReadOnlyBadge />}
      </td>
      <td className="whitespace-nowrap text-right tabular-nums">
        {gpus.length > 0 ? `${freeNow(now).length} / ${gpus.length}` : UNKNOWN}
      </td>
      <td>{gpus.length > 0 ? <GpuStrip gpus={gpus} /> : UNKNOWN}</td>
      <td className="min-w-24">
        {gpus.length > 0 && (
          <Sparkline values={utilizationLine(samples)} max={100} slots={SPARK_POINTS} />
        )}
      </td>
      <td className="min-w-32">
        <ValueBar
          text={gpus.length > 0 ? gibOf(totals.memoryUsedMb, totals.memoryTotalMb) : UNKNOWN}
          share={totals.memoryTotalMb > 0 ? totals.memoryUsedMb / totals.memoryTotalMb : null}
          limits={MEMORY_LIMITS}
        />
      </td>
      <td className="min-w-16">
        <ValueBar
          text={number(hottest < 0 ? null : hottest, ' °C')}
          share={hottest < 0 ? null : hottest / 100}
          limits={TEMPERATURE_LIMITS}
        />
      </td>
      <td className="whitespace-nowrap text-right text-xs tabular-nums">
        {number(totals.powerWatts, ' W')}
      </td>
      <td className="text-xs">{jobs.length > 0 ? <JobLinks jobs={jobs} /> : UNKNOWN}</td>
      <td className="text-xs">
        {metrics && gpus.length > 0 && <HealthBadge metrics={metrics} />}
        {trouble && <Status tone="warn">{`Memory: ${trouble}`}</Status>}
      </td>
    </tr>
  )
})

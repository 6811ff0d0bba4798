'use client'

import Link from 'next/link'
import { memo } from 'react'
import { number } from '../format'
import { useConnection } from '../live/use-live'
import { modelsOf } from '../machines/gpu-summary'
import { ReadOnlyBadge } from '../safety/read-only-badge'
import { cn } from '../ui/cn'
import { ConnectionStatus } from '../ui/status'
import type { FleetMachine } from './fleet'
import { FreeBadge } from './free-badge'
import { GpuRows } from './gpu-rows'
import { HealthBadge } from './health-badge'
import { JobLinks } from './job-links'
import { MemoryPressure } from './memory-pressure'
import { SingleGpu } from './single-gpu'
import { OLD_VALUES, StaleNote, useIsStale } from './stale-note'
import { useWatched } from './use-watched'

/** One machine at a glance; the whole card leads to it. */
export const MachineCard = memo(function MachineCard({ machine }: { machine: FleetMachine }) {
  const { connection, jobs } = machine
  const { ref, metrics, samples } = useWatched(connection.id, machine)
  const { status, last_error } = useConnection(connection.id, connection)
  const isStale = useIsStale(metrics, connection.sample_interval_ms)
  const isShown = status === 'connected' || status === 'reconnecting'
  const gpus = isShown ? (metrics?.gpus ?? []) : []
  const [first] = gpus
  return (
    <article
      ref={ref}
      // What is out of sight is not laid out either.
      className="relative flex min-w-0 [contain-intrinsic-size:auto_20rem] [content-visibility:auto] flex-col gap-3 rounded-lg border border-line bg-raised p-4 shadow-sm transition-colors hover:border-line-strong"
    >
      <header className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1.5">
        <div className="min-w-0 flex-1 basis-32">
          <h2 className="truncate font-semibold text-base">
            <Link
              href={`/connections/${connection.id}`}
              className="after:absolute after:inset-0 after:rounded-lg"
            >
              {connection.name}
            </Link>
          </h2>
          <p className="truncate text-soft text-xs">
            {first ? modelsOf(gpus) : `${connection.username}@${connection.hostname}`}
          </p>
        </div>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs">
          {metrics && gpus.length > 0 && <HealthBadge metrics={metrics} />}
          {status === 'connected' && metrics && gpus.length > 0 && <FreeBadge metrics={metrics} />}
          {connection.read_only && <ReadOnlyBadge />}
          <ConnectionStatus status={status} />
        </div>
      </header>

      {last_error && (
        <p
          className={cn(
            'line-clamp-3 text-xs',
            status === 'reconnecting' ? 'text-warn' : 'text-bad',
          )}
        >
          {last_error.message}
        </p>
      )}
      {isShown && metrics && isStale && <StaleNote at={metrics.recorded_at} />}
      {isShown && !metrics && !last_error && (
        <p className="text-soft text-xs">Waiting for the first sample.</p>
      )}
      {!isShown && !last_error && (
        <p className="text-soft text-xs">Not connected, so nothing is known of its GPUs now.</p>
      )}
      {isShown && metrics && gpus.length === 0 && (
        <p className="text-warn text-xs">{metrics.errors[0]?.message ?? 'No GPU was found.'}</p>
      )}

      <div className={cn('flex flex-1 flex-col gap-3', isStale && OLD_VALUES)}>
        {gpus.length === 1 && first && <SingleGpu gpu={first} samples={samples} />}
        {gpus.length > 1 && metrics && <GpuRows metrics={metrics} samples={samples} />}
      </div>

      {gpus.length > 0 && metrics && (
        <footer className="mt-auto flex flex-wrap items-center gap-x-4 gap-y-1 border-line border-t pt-2.5 text-soft text-xs">
          <span>CPU {number(metrics.host.cpu_utilization, ' %')}</span>
          <MemoryPressure host={metrics.host} isUnified={first?.memory_kind === 'unified'} />
          <JobLinks jobs={jobs} />
        </footer>
      )}
    </article>
  )
})

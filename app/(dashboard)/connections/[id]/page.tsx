import { SquareTerminal } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { AutoRefresh } from '@/components/auto-refresh'
import { historyColumns, hostHistoryColumns } from '@/components/charts/history-columns'
import type { JobSpan } from '@/components/charts/job-spans'
import { ConnectionActions } from '@/components/connections/connection-actions'
import { ExecBox } from '@/components/exec/exec-box'
import { CopyCurl } from '@/components/machines/copy-curl'
import type { AxisLimits } from '@/components/machines/gpu-metrics'
import { HealthHistory } from '@/components/machines/health-history'
import type { HostLimits } from '@/components/machines/host-charts'
import { LiveStatus, MachineNotices } from '@/components/machines/live-status'
import { LiveCharts, PastCharts } from '@/components/machines/machine-charts'
import { MachineDetails, MachineNow } from '@/components/machines/machine-panels'
import { readTimeRange, type TimeRange } from '@/components/machines/time-range'
import { ReadOnlyBadge } from '@/components/safety/read-only-badge'
import { buttonClass } from '@/components/ui/button'
import { Card, PageHeader } from '@/components/ui/card'
import {
  getHostHistory,
  getMetricsHistory,
  latestMetrics,
  listHealthEvents,
  listJobs,
  recentSamples,
} from '@/lib/dgx'
import type { HistoryRow, HostHistoryRow } from '@/lib/dgx/gpu/answers'
import type { Metrics } from '@/lib/dgx/gpu/types'
import type { Job } from '@/lib/dgx/jobs/records'
import { connectionNamed } from '../../named'

const HOUR_MS = 3_600_000
/** Points per line: one for every second or third pixel. */
const POINTS = 300
const HEALTH_EVENTS = 50

export async function generateMetadata({
  params,
}: PageProps<'/connections/[id]'>): Promise<Metadata> {
  const { id } = await params
  return { title: (await connectionNamed(id)).name }
}

export default async function MachinePage({
  params,
  searchParams,
}: PageProps<'/connections/[id]'>) {
  const [{ id }, query] = await Promise.all([params, searchParams])
  const connection = await connectionNamed(id)
  const { id: connectionId, sample_interval_ms: sampleIntervalMs, status, last_error } = connection
  const isShown = status === 'connected' || status === 'reconnecting'
  const range = readTimeRange(query, isShown ? 'live' : '24h')
  const metrics = isShown ? latestMetrics({ id: connectionId }) : null
  const [{ items: jobs }, health] = await Promise.all([
    listJobs({ connection_id: connectionId, limit: 1000 }),
    listHealthEvents({ id: connectionId, limit: HEALTH_EVENTS }),
  ])
  const now = {
    connectionId,
    sampleIntervalMs,
    firstState: { status, last_error },
    firstMetrics: metrics,
  }
  return (
    <>
      <PageHeader
        title={connection.name}
        trail={[{ href: '/connections', text: 'Machines' }]}
        note={
          <span className="flex flex-wrap items-center gap-x-3">
            <LiveStatus connectionId={connectionId} first={now.firstState} />
            {connection.read_only && <ReadOnlyBadge />}
            <span className="break-all">
              {connection.username}@{connection.hostname}
              {connection.port === 22 ? '' : `:${connection.port}`}
            </span>
            {connection.host_key_fingerprint && (
              <span
                className="break-all font-mono text-2xs sm:text-xs"
                title="Fingerprint of the host key"
              >
                {connection.host_key_fingerprint}
              </span>
            )}
          </span>
        }
      >
        <Link href={`/audit?connection_id=${connectionId}`} className={buttonClass('quiet')}>
          Audit
        </Link>
        <Link href={`/connections/${connectionId}/safety`} className={buttonClass('quiet')}>
          Safety
        </Link>
        {isShown && !connection.read_only && (
          <Link href={`/connections/${connectionId}/terminal`} className={buttonClass()}>
            <SquareTerminal aria-hidden="true" />
            Terminal
          </Link>
        )}
        <ConnectionActions connection={connection} />
      </PageHeader>
      <MachineNotices {...now} />
      <MachineNow {...now} />
      {/* Of a machine that was never reached nothing can have been recorded. */}
      {connection.last_connected_at && (
        <>
          <Charts
            connectionId={connectionId}
            sampleIntervalMs={sampleIntervalMs}
            range={range}
            metrics={metrics}
            jobs={jobs}
          />
          <MachineDetails
            {...now}
            jobNames={Object.fromEntries(jobs.map((job) => [job.id, job.name]))}
          />
          <Card
            title="Health history"
            actions={
              <CopyCurl path={`metrics/${connectionId}/health-events`} what="health history" />
            }
          >
            <HealthHistory connectionId={connectionId} first={health.items} />
          </Card>
        </>
      )}
      {isShown && (
        <Card title="Run a command">
          {connection.read_only ? (
            <p className="text-soft">
              {connection.name} is read-only, so that no command is run there.{' '}
              <Link href={`/connections/${connectionId}/safety`} className="text-accent underline">
                Its safety settings
              </Link>{' '}
              switch that off.
            </p>
          ) : (
            <ExecBox connectionId={connectionId} />
          )}
        </Card>
      )}
    </>
  )
}

async function Charts({
  connectionId,
  sampleIntervalMs,
  range,
  metrics,
  jobs,
}: {
  connectionId: string
  sampleIntervalMs: number
  range: TimeRange
  metrics: Metrics | null
  jobs: Job[]
}) {
  const { zoom, hours, key } = range
  if (key === 'live' && !zoom) {
    const now = Date.now()
    const from = now - hours * HOUR_MS
    return (
      <LiveCharts
        connectionId={connectionId}
        range={range}
        first={recentSamples({ id: connectionId, since: from })}
        sampleIntervalMs={sampleIntervalMs}
        limits={axisLimits(metrics)}
        hostLimits={hostLimits(metrics)}
        spans={jobSpans(jobs, { from, to: now })}
      />
    )
  }
  const asked = {
    id: connectionId,
    points: POINTS,
    format: 'json' as const,
    ...(zoom ? { from: new Date(zoom.from), to: new Date(zoom.to) } : { hours }),
  }
  const [history, host] = await Promise.all([getMetricsHistory(asked), getHostHistory(asked)])
  const shown = { from: Date.parse(history.meta.from), to: Date.parse(history.meta.to) }
  return (
    <>
      {!zoom && <AutoRefresh everyMs={key === '1h' ? 15_000 : 60_000} />}
      <PastCharts
        connectionId={connectionId}
        range={range}
        columns={historyColumns(history, sampleIntervalMs)}
        host={hostHistoryColumns(host, sampleIntervalMs)}
        {...shown}
        bucketS={history.meta.bucket_s}
        limits={axisLimits(metrics, history.rows)}
        hostLimits={hostLimits(metrics, host.rows)}
        spans={jobSpans(jobs, shown)}
      />
    </>
  )
}

/** Where axes end: what the machine says of itself, else what was recorded of it. */
function axisLimits(metrics: Metrics | null, rows: readonly HistoryRow[] = []): AxisLimits {
  const gpus = metrics?.gpus ?? []
  return {
    memoryMb: greatest([...gpus, ...rows].map(({ memory_total_mb }) => memory_total_mb)),
    powerWatts: greatest(gpus.map(({ power_limit_watts }) => power_limit_watts)),
    smClockMhz: greatest(gpus.map(({ sm_clock_max_mhz }) => sm_clock_max_mhz)),
  }
}

function hostLimits(metrics: Metrics | null, rows: readonly HostHistoryRow[] = []): HostLimits {
  const sizes = [...(metrics ? [metrics.host] : []), ...rows]
  return {
    cores: metrics?.host.cpu_count ?? null,
    memoryMb: greatest(sizes.map(({ memory_total_mb }) => memory_total_mb)),
    diskGb: greatest(sizes.map(({ disk_total_gb }) => disk_total_gb)),
  }
}

function greatest(values: (number | null)[]): number | null {
  return values.reduce<number | null>((a, b) => (b === null ? a : Math.max(a ?? 0, b)), null)
}

/** When they ran, as far as that is in the range (ms since 1970). */
function jobSpans(jobs: readonly Job[], range: { from: number; to: number }): JobSpan[] {
  return jobs.flatMap(({ id, name, started_at, completed_at }) => {
    if (!started_at) return []
    const from = Date.parse(started_at)
    const to = completed_at ? Date.parse(completed_at) : null
    return from < range.to && (to ?? range.to) > range.from ? [{ id, name, from, to }] : []
  })
}

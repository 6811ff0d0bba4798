import type { Metadata } from 'next'
import Link from 'next/link'
import { AutoRefresh } from '@/components/auto-refresh'
import { historyColumns } from '@/components/charts/history-columns'
import type { JobSpan } from '@/components/charts/job-spans'
import { ConnectionActions } from '@/components/connections/connection-actions'
import { ExecBox } from '@/components/exec/exec-box'
import type { AxisLimits } from '@/components/machines/gpu-metrics'
import { LiveStatus, MachineNotices } from '@/components/machines/live-status'
import { LiveCharts, PastCharts } from '@/components/machines/machine-charts'
import { MachinePanels } from '@/components/machines/machine-panels'
import { readTimeRange, type TimeRange } from '@/components/machines/time-range'
import { buttonClass } from '@/components/ui/button'
import { Card, PageHeader } from '@/components/ui/card'
import { getMetricsHistory, latestMetrics, listJobs, listProjects, recentSamples } from '@/lib/dgx'
import type { HistoryRow } from '@/lib/dgx/gpu/answers'
import type { Metrics } from '@/lib/dgx/gpu/types'
import { connectionNamed } from '../../named'

const HOUR_MS = 3_600_000
/** Points per line: one for every second or third pixel. */
const POINTS = 300

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
        note={
          <span className="flex flex-wrap items-center gap-x-3">
            <LiveStatus connectionId={connectionId} first={now.firstState} />
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
        <ConnectionActions connection={connection} />
      </PageHeader>
      <MachineNotices {...now} />
      {/* Of a machine that was never reached nothing can have been recorded. */}
      {connection.last_connected_at && (
        <Charts
          connectionId={connectionId}
          sampleIntervalMs={sampleIntervalMs}
          range={range}
          metrics={metrics}
        />
      )}
      <MachinePanels {...now} />
      {isShown && (
        <Card
          title="Run a command"
          actions={
            <Link
              href={`/connections/${connectionId}/terminal`}
              className={buttonClass('plain', 'sm')}
            >
              Open a terminal
            </Link>
          }
        >
          <ExecBox connectionId={connectionId} />
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
}: {
  connectionId: string
  sampleIntervalMs: number
  range: TimeRange
  metrics: Metrics | null
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
        spans={await jobSpans(connectionId, { from, to: now })}
      />
    )
  }
  const history = await getMetricsHistory({
    id: connectionId,
    points: POINTS,
    format: 'json',
    ...(zoom ? { from: new Date(zoom.from), to: new Date(zoom.to) } : { hours }),
  })
  const shown = { from: Date.parse(history.meta.from), to: Date.parse(history.meta.to) }
  return (
    <>
      {!zoom && <AutoRefresh everyMs={key === '1h' ? 15_000 : 60_000} />}
      <PastCharts
        connectionId={connectionId}
        range={range}
        columns={historyColumns(history, sampleIntervalMs)}
        {...shown}
        bucketS={history.meta.bucket_s}
        limits={axisLimits(metrics, history.rows)}
        spans={await jobSpans(connectionId, shown)}
      />
    </>
  )
}

/** Where axes end: what the machine says of itself, else what was recorded of it. */
function axisLimits(metrics: Metrics | null, rows: readonly HistoryRow[] = []): AxisLimits {
  const greatest = (values: (number | null)[]) =>
    values.reduce<number | null>((a, b) => (b === null ? a : Math.max(a ?? 0, b)), null)
  const gpus = metrics?.gpus ?? []
  return {
    memoryMb: greatest([...gpus, ...rows].map(({ memory_total_mb }) => memory_total_mb)),
    powerWatts: greatest(gpus.map(({ power_limit_watts }) => power_limit_watts)),
    smClockMhz: greatest(gpus.map(({ sm_clock_max_mhz }) => sm_clock_max_mhz)),
    cores: metrics?.host.cpu_count ?? null,
  }
}

/** When jobs of this machine's projects ran, as far as that is in the range (ms since 1970). */
async function jobSpans(
  connectionId: string,
  range: { from: number; to: number },
): Promise<JobSpan[]> {
  const [projects, jobs] = await Promise.all([
    listProjects({ connection_id: connectionId, limit: 1000 }),
    listJobs({ limit: 1000 }),
  ])
  const own = new Set(projects.items.map((project) => project.id))
  return jobs.items.flatMap(({ id, name, project_id, started_at, completed_at }) => {
    if (project_id === null || !own.has(project_id) || !started_at) return []
    const from = Date.parse(started_at)
    const to = completed_at ? Date.parse(completed_at) : null
    return from < range.to && (to ?? range.to) > range.from ? [{ id, name, from, to }] : []
  })
}

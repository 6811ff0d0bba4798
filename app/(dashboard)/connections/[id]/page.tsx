import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { AutoRefresh } from '@/components/auto-refresh'
import { HistoryCharts } from '@/components/charts/history-charts'
import { ConnectionActions } from '@/components/connections/connection-actions'
import { ExecBox } from '@/components/exec/exec-box'
import { HostFacts } from '@/components/machines/host-facts'
import { MachineGpus, MachineProcesses, UnifiedMemory } from '@/components/machines/machine-gpus'
import { buttonClass } from '@/components/ui/button'
import { Card, PageHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { Notice } from '@/components/ui/notice'
import { ConnectionStatus } from '@/components/ui/status'
import { TimeAgo } from '@/components/ui/time'
import { getConnection, getMetricsHistory, latestMetrics } from '@/lib/dgx'
import { isDgxError } from '@/lib/dgx/errors'

const RANGES = [
  { key: '1h', label: '1 h', hours: 1 },
  { key: '6h', label: '6 h', hours: 6 },
  { key: '24h', label: '24 h', hours: 24 },
  { key: '7d', label: '7 d', hours: 168 },
] as const

async function findConnection(id: string) {
  try {
    return await getConnection({ id: decodeURIComponent(id) })
  } catch (error) {
    if (isDgxError(error) && error.code === 'connection_not_found') notFound()
    throw error
  }
}

export async function generateMetadata({
  params,
}: PageProps<'/connections/[id]'>): Promise<Metadata> {
  const { id } = await params
  return { title: (await findConnection(id)).name }
}

export default async function MachinePage({
  params,
  searchParams,
}: PageProps<'/connections/[id]'>) {
  const [{ id }, { range: wanted }] = await Promise.all([params, searchParams])
  const connection = await findConnection(id)
  const range = RANGES.find(({ key }) => key === wanted) ?? RANGES[0]
  const isConnected = connection.status === 'connected'
  const isShown = isConnected || connection.status === 'reconnecting'
  const metrics = isShown ? latestMetrics({ id: connection.id }) : null
  const history = await getMetricsHistory({
    id: connection.id,
    hours: range.hours,
    points: 180,
    format: 'json',
  })
  return (
    <>
      <AutoRefresh everyMs={isConnected ? 3_000 : 5_000} />
      <PageHeader
        title={connection.name}
        note={
          <span className="flex flex-wrap items-center gap-x-3">
            <ConnectionStatus status={connection.status} />
            <span className="break-all">
              {connection.username}@{connection.hostname}
              {connection.port === 22 ? '' : `:${connection.port}`}
            </span>
            {connection.host_key_fingerprint && (
              <span className="break-all font-mono text-xs" title="Fingerprint of the host key">
                {connection.host_key_fingerprint}
              </span>
            )}
          </span>
        }
      >
        <ConnectionActions connection={connection} />
      </PageHeader>

      {connection.last_error && <Notice tone="error" title={connection.last_error.message} />}
      {metrics?.stale && (
        <Notice tone="warning" title="These values are old.">
          The last sample came <TimeAgo at={metrics.recorded_at} />.
        </Notice>
      )}
      {metrics?.errors.map((error) => (
        <Notice key={error.code + error.message} tone="warning" title={error.message} />
      ))}
      {!isShown && (
        <EmptyState title="Not connected">
          <p>Connect this machine to see its GPUs now. What was recorded before is below.</p>
        </EmptyState>
      )}
      {isShown && !metrics && (
        <EmptyState title="Waiting for the first sample">
          <p>It comes within a few seconds of connecting.</p>
        </EmptyState>
      )}
      {metrics && (
        <>
          <Card
            title="GPUs now"
            actions={
              <span className="text-soft text-xs">
                <TimeAgo at={metrics.recorded_at} />
              </span>
            }
          >
            {metrics.gpus.length > 0 ? (
              <MachineGpus gpus={metrics.gpus} />
            ) : (
              <p className="text-soft">No GPU could be read.</p>
            )}
          </Card>
          {metrics.gpus.some((gpu) => gpu.memory_kind === 'unified') && (
            <Card title="Memory">
              <UnifiedMemory metrics={metrics} />
            </Card>
          )}
          <Card title="Processes">
            <MachineProcesses gpus={metrics.gpus} />
          </Card>
          <Card title="Host">
            <HostFacts host={metrics.host} />
          </Card>
        </>
      )}
      <Card
        title="History"
        actions={
          <nav aria-label="Range" className="flex flex-wrap items-center gap-1 text-xs">
            {RANGES.map(({ key, label }) => (
              <Link
                key={key}
                href={`/connections/${connection.id}?range=${key}`}
                scroll={false}
                aria-current={key === range.key ? 'true' : undefined}
                className={`rounded-md px-2 py-1.5 ${key === range.key ? 'bg-sunken font-medium' : 'text-soft hover:text-ink'}`}
              >
                {label}
              </Link>
            ))}
            <a
              href={`/api/dgx/metrics/${connection.id}/history?hours=${range.hours}&format=csv`}
              className="rounded-md px-2 py-1.5 text-soft hover:text-ink"
            >
              CSV
            </a>
          </nav>
        }
      >
        {history.rows.length > 0 ? (
          <HistoryCharts {...history} sampleIntervalMs={connection.sample_interval_ms} />
        ) : (
          <p className="text-soft">
            Nothing was recorded in the last {range.label}. Samples are kept while the machine is
            connected.
          </p>
        )}
      </Card>
      {isShown && (
        <Card
          title="Run a command"
          actions={
            <Link href={`/connections/${connection.id}/terminal`} className={buttonClass()}>
              Open a terminal
            </Link>
          }
        >
          <ExecBox connectionId={connection.id} />
        </Card>
      )}
    </>
  )
}

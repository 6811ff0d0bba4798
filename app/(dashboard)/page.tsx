import Link from 'next/link'
import { connection as requestTime } from 'next/server'
import { AutoRefresh } from '@/components/auto-refresh'
import { number } from '@/components/format'
import { isFree } from '@/components/machines/gpu-summary'
import { MachineCard } from '@/components/machines/machine-card'
import { buttonClass } from '@/components/ui/button'
import { PageHeader } from '@/components/ui/card'
import { CommandLine, EmptyState } from '@/components/ui/empty-state'
import { latestMetrics, listConnections, listJobs } from '@/lib/dgx'

export default async function OverviewPage() {
  await requestTime()
  const [{ items: connections }, running] = await Promise.all([
    listConnections({ limit: 1000 }),
    listJobs({ limit: 1, status: ['running'] }),
  ])
  const machines = connections.map((connection) => ({
    connection,
    metrics: latestMetrics({ id: connection.id }),
  }))
  const gpus = machines.flatMap(({ connection, metrics }) =>
    connection.status === 'connected' ? (metrics?.gpus ?? []) : [],
  )
  const power = gpus.reduce<number | null>(
    (sum, gpu) => (gpu.power_watts === null ? sum : (sum ?? 0) + gpu.power_watts),
    null,
  )
  const totals = [
    [
      'Machines connected',
      `${connections.filter(({ status }) => status === 'connected').length} / ${connections.length}`,
    ],
    ['GPUs free', `${gpus.filter(isFree).length} / ${gpus.length}`],
    ['Power', number(power, ' W')],
    ['Jobs running', String(running.total)],
  ] as const
  return (
    <>
      <AutoRefresh everyMs={3_000} />
      <PageHeader title="Overview">
        <Link href="/connections?add=1" className={buttonClass('primary')}>
          Add a machine
        </Link>
      </PageHeader>
      {machines.length === 0 ? (
        <EmptyState title="No machine yet">
          <p>Add a DGX that you reach by SSH. Its GPUs appear here as soon as it is connected.</p>
          <Link href="/connections?add=1" className={buttonClass('primary')}>
            Add a machine
          </Link>
          <p>Or from a terminal:</p>
          <CommandLine>
            {`curl -X POST http://127.0.0.1:3939/api/dgx/connections -d '{"name": "dgx-1", "hostname": "dgx.example.com", "username": "ubuntu"}'`}
          </CommandLine>
        </EmptyState>
      ) : (
        <>
          <dl className="grid grid-cols-2 gap-3 md:grid-cols-4">
            {totals.map(([label, value]) => (
              <div key={label} className="rounded-lg border border-line bg-raised px-4 py-3">
                <dt className="text-soft text-xs">{label}</dt>
                <dd className="mt-1 font-semibold text-xl tabular-nums">{value}</dd>
              </div>
            ))}
          </dl>
          <div className="grid items-start gap-4 md:grid-cols-2 xl:grid-cols-3">
            {machines.map((machine) => (
              <MachineCard key={machine.connection.id} {...machine} />
            ))}
          </div>
        </>
      )}
    </>
  )
}

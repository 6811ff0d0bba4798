import { ListOrdered, Server } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { connection } from 'next/server'
import { AutoRefresh } from '@/components/auto-refresh'
import { LiveRefresh } from '@/components/live/live-refresh'
import { lanesOf } from '@/components/queue/lanes'
import { QueueTable } from '@/components/queue/queue-table'
import { RunningJobs } from '@/components/queue/running-jobs'
import { Timeline } from '@/components/queue/timeline'
import { buttonClass } from '@/components/ui/button'
import { Card, PageHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ConnectionStatus } from '@/components/ui/status'
import { listConnections, listGpus, listJobs, listQueue, listRecentRuns } from '@/lib/dgx'

export const metadata: Metadata = { title: 'Queue' }

const HOURS = 12
const HOUR_MS = 3_600_000
/** Bars move on with the clock, and processes of others come and go without an event of a job. */
const REFRESH_MS = 15_000

/** As many as one looks through; the machines below are not to be out of reach. */
const MOST_SHOWN = 25

export default async function QueuePage({ searchParams }: PageProps<'/queue'>) {
  // Not while it is built, where there is no database.
  await connection()
  const now = Date.now()
  const range = { from: now - HOURS * HOUR_MS, to: now }
  const [queue, { items: machines }, { items: jobs }, gpus, runs] = await Promise.all([
    listQueue(),
    listConnections({ limit: 1000, sort: 'position' }),
    listJobs({ limit: 1000, status: ['pending', 'running'] }),
    listGpus({ free: false }),
    listRecentRuns({ since: new Date(range.from) }),
  ])
  const isAll = (await searchParams)['all'] !== undefined
  const shown = isAll ? queue : queue.slice(0, MOST_SHOWN)
  const active = jobs.filter(({ phase }) =>
    ['starting', 'running', 'stopping'].includes(phase ?? ''),
  )
  return (
    <>
      <LiveRefresh on="jobs" />
      <AutoRefresh everyMs={REFRESH_MS} />
      <PageHeader trail={[{ href: '/jobs', text: 'Jobs' }]} title="Queue">
        <Link href="/jobs/new" className={buttonClass('primary')}>
          Start a job
        </Link>
      </PageHeader>
      {queue.length === 0 ? (
        <EmptyState title="Nothing waits" icon={<ListOrdered />}>
          <p>A job waits here when the GPUs that it wants are not free, with why it does.</p>
        </EmptyState>
      ) : (
        <Card title="Waiting" flush>
          <QueueTable
            entries={shown}
            machineNames={new Map(machines.map(({ id, name }) => [id, name]))}
          />
          {shown.length < queue.length && (
            <p className="border-line border-t px-4 py-2.5">
              <Link href="/queue?all" className="underline">
                Show all {queue.length} that wait
              </Link>
            </p>
          )}
        </Card>
      )}
      {machines.length === 0 && (
        <EmptyState title="No machine yet" icon={<Server />}>
          <p>Jobs run on machines. Add the first one.</p>
          <Link href="/connections?add=1" className={buttonClass('primary')}>
            Add a machine
          </Link>
        </EmptyState>
      )}
      {machines.map(({ id, name, status }) => {
        const own = gpus.filter(({ connection_id }) => connection_id === id)
        const lanes = lanesOf(
          own,
          runs.filter(({ connection_id }) => connection_id === id),
          range,
        )
        const free = own.filter(({ is_free }) => is_free).length
        return (
          <Card
            key={id}
            title={
              <Link href={`/connections/${id}`} className="hover:underline">
                {name}
              </Link>
            }
            actions={
              <>
                {own.length > 0 && (
                  <span className="text-soft tabular-nums">
                    {free} of {own.length} free
                  </span>
                )}
                <ConnectionStatus status={status} />
              </>
            }
          >
            <div className="flex flex-col gap-4">
              <RunningJobs
                jobs={active.filter(({ connection_id }) => connection_id === id)}
                now={now}
              />
              {lanes.length > 0 && <Timeline machine={name} lanes={lanes} hours={HOURS} />}
            </div>
          </Card>
        )
      })}
    </>
  )
}

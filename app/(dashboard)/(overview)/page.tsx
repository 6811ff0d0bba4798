import { Server } from 'lucide-react'
import { cookies, headers } from 'next/headers'
import Link from 'next/link'
import { LiveRefresh } from '@/components/live/live-refresh'
import { Fleet, type FleetJob, type FleetMachine } from '@/components/overview/fleet'
import { PREFERENCES_COOKIE, readPreferences } from '@/components/overview/preferences'
import { buttonClass } from '@/components/ui/button'
import { PageHeader } from '@/components/ui/card'
import { CommandLine, EmptyState } from '@/components/ui/empty-state'
import { latestMetrics, listConnections, listJobs, listProjects, recentSamples } from '@/lib/dgx'

const MOST = 1000
/** What the lines on the cards begin with. Shared out, so that the page of a large fleet stays small. */
const SAMPLES_IN_ALL = 600
const SAMPLES_EACH = 150

export default async function OverviewPage() {
  const [jar, host, { items: connections }, running, { items: projects }] = await Promise.all([
    cookies(),
    headers().then((sent) => sent.get('host') ?? 'localhost:3939'),
    listConnections({ limit: MOST, sort: 'position' }),
    listJobs({ limit: MOST, status: ['running'] }),
    listProjects({ limit: MOST }),
  ])
  const machineOf = new Map(projects.map(({ id, connection_id }) => [id, connection_id]))
  const jobs = new Map<string, FleetJob[]>()
  for (const { id, name, project_id, connection_id } of running.items) {
    const machine = connection_id ?? (project_id && machineOf.get(project_id))
    if (machine) jobs.set(machine, [...(jobs.get(machine) ?? []), { id, name }])
  }
  const kept = Math.min(SAMPLES_EACH, Math.floor(SAMPLES_IN_ALL / (connections.length || 1)))
  const machines: FleetMachine[] = connections.map((connection) => ({
    connection,
    metrics: latestMetrics({ id: connection.id }),
    samples: recentSamples({ id: connection.id }).slice(-kept),
    jobs: jobs.get(connection.id) ?? [],
  }))
  return (
    <>
      <LiveRefresh on="jobs" />
      <PageHeader title="Overview">
        <Link href="/connections?add=1" className={buttonClass('primary')}>
          Add a machine
        </Link>
      </PageHeader>
      {machines.length === 0 ? (
        <EmptyState title="No machine yet" icon={<Server />}>
          <p>Add a DGX that you reach by SSH. Its GPUs appear here as soon as it is connected.</p>
          <Link href="/connections?add=1" className={buttonClass('primary')}>
            Add a machine
          </Link>
          <p>Or from a terminal:</p>
          <CommandLine>
            {`curl -X POST http://${host}/api/dgx/connections -d '{"name": "dgx-1", "hostname": "dgx.example.com", "username": "ubuntu"}'`}
          </CommandLine>
        </EmptyState>
      ) : (
        <Fleet
          machines={machines}
          preferences={readPreferences(jar.get(PREFERENCES_COOKIE)?.value)}
          runningJobs={running.total}
        />
      )}
    </>
  )
}

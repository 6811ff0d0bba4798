import { Server } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { AutoRefresh } from '@/components/auto-refresh'
import { EMPTY_ORDER, type OrderValues, valuesOfJob } from '@/components/jobs/start/order-values'
import { StartJobForm } from '@/components/jobs/start/start-job-form'
import { buttonClass } from '@/components/ui/button'
import { PageHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { listConnections, listGpus, listJobs, listProjects } from '@/lib/dgx'
import { jobNamed, projectNamed } from '../../named'

export const metadata: Metadata = { title: 'Start a job' }

/** How old the count of free GPUs may be. */
const GPUS_MS = 10_000
/** As many as one looks through to find what to wait for. */
const CHOICES = 200

export default async function NewJobPage({ searchParams }: PageProps<'/jobs/new'>) {
  const params = await searchParams
  const one = (name: string) => [params[name]].flat()[0] ?? null
  const [cloneId, projectId, machineId] = [one('clone'), one('project'), one('machine')]
  const [source, project, { items: projects }, { items: connections }, { items: jobs }, gpus] =
    await Promise.all([
      cloneId ? jobNamed(cloneId) : null,
      projectId ? projectNamed(projectId) : null,
      listProjects({ limit: 1000, sort: 'name' }),
      listConnections({ limit: 1000, sort: 'position' }),
      listJobs({ limit: CHOICES }),
      listGpus({ free: false }),
    ])
  const machines = connections.map(({ id, name, status, read_only }) => {
    const own = gpus.filter((gpu) => gpu.connection_id === id)
    const free = own.filter(({ is_free }) => is_free).length
    return {
      id,
      name,
      status,
      isReadOnly: read_only,
      gpus: own.length > 0 ? { free, all: own.length } : null,
    }
  })
  return (
    <>
      <AutoRefresh everyMs={GPUS_MS} />
      <PageHeader
        trail={[{ href: '/jobs', text: 'Jobs' }]}
        title={source ? `Clone of ${source.name}` : 'Start a job'}
        note={
          <Link href="/jobs?add=1" className="underline">
            Track a run by hand instead
          </Link>
        }
      />
      {machines.length === 0 ? (
        <EmptyState title="No machine yet" icon={<Server />}>
          <p>A job runs on a machine. Add the first one, then come back.</p>
          <Link href="/connections?add=1" className={buttonClass('primary')}>
            Add a machine
          </Link>
        </EmptyState>
      ) : (
        <StartJobForm
          key={source?.id ?? project?.id ?? 'new'}
          first={source ? valuesOfJob(source) : firstValues(project, machineId, machines)}
          cloneOf={source && { id: source.id, name: source.name }}
          projects={projects.map(({ id, name, connection_id, remote_path }) => ({
            ...{ id, name, connection_id, remote_path },
          }))}
          machines={machines}
          jobs={jobs.map(({ id, name, status }) => ({ id, name, status }))}
        />
      )}
    </>
  )
}

/** A job of a project runs where the project is; else on the machine that was asked for, or the only one. */
function firstValues(
  project: { id: string; connection_id: string | null } | null,
  machine: string | null,
  machines: readonly { id: string; name: string }[],
): OrderValues {
  const asked = machines.find(({ id, name }) => id === machine || name === machine)
  if (project?.connection_id && !asked) return { ...EMPTY_ORDER, project_id: project.id }
  const only = asked ?? (machines.length === 1 ? machines[0] : undefined)
  return {
    ...EMPTY_ORDER,
    project_id: project?.id ?? '',
    place: 'these',
    machines: only ? [only.id] : [],
  }
}

import { Boxes } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { MOST_COMPARED } from '@/components/jobs/compare-ids'
import { JobFilterBar } from '@/components/jobs/job-filter-bar'
import { isFiltered, readFilters } from '@/components/jobs/job-filters'
import { JobList } from '@/components/jobs/job-list'
import { JobPages } from '@/components/jobs/job-pages'
import { toJobRows } from '@/components/jobs/job-row'
import { MetricCharts } from '@/components/jobs/metric-charts'
import { NothingMatches } from '@/components/jobs/nothing-matches'
import { ValueTable } from '@/components/jobs/value-table'
import { LiveRefresh } from '@/components/live/live-refresh'
import { ProjectActions } from '@/components/projects/project-actions'
import { buttonClass } from '@/components/ui/button'
import { Card, PageHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { listConnections } from '@/lib/dgx'
import { jobsOf } from '../../jobs/list'
import { runsOf } from '../../jobs/runs'
import { projectNamed } from '../../named'

export async function generateMetadata({ params }: PageProps<'/projects/[id]'>): Promise<Metadata> {
  return { title: (await projectNamed((await params).id)).name }
}

export default async function ProjectPage({ params, searchParams }: PageProps<'/projects/[id]'>) {
  const project = await projectNamed((await params).id)
  // Whatever project the address may name besides, this page is about its own.
  const filters = { ...readFilters(await searchParams), project_id: '' }
  const [{ items: jobs, total, next_cursor }, { items: machines }] = await Promise.all([
    jobsOf({ ...filters, project_id: project.id }),
    listConnections({ limit: 1000, sort: 'position' }),
  ])
  const withMetrics = jobs.filter(({ metrics }) => Object.keys(metrics).length > 0)
  const runs = await runsOf(withMetrics.slice(0, MOST_COMPARED))
  const machine = machines.find(({ id }) => id === project.connection_id)
  const pathname = `/projects/${project.id}`
  return (
    <>
      <LiveRefresh on="projects" />
      <LiveRefresh on="jobs" />
      <PageHeader
        trail={[{ href: '/projects', text: 'Projects' }]}
        title={project.name}
        note={
          <span className="flex flex-wrap gap-x-4">
            <span>{project.project_type.replaceAll('_', ' ')}</span>
            {machine && (
              <Link href={`/connections/${machine.id}`} className="underline">
                {machine.name}
              </Link>
            )}
            {project.remote_path && (
              <span className="break-all font-mono text-xs leading-5">{project.remote_path}</span>
            )}
          </span>
        }
      >
        <ProjectActions
          project={project}
          machines={machines.map(({ id, name }) => ({ id, name }))}
        />
      </PageHeader>
      {project.description && (
        <p className="max-w-prose whitespace-pre-wrap">{project.description}</p>
      )}
      {total === 0 && !isFiltered(filters) ? (
        <EmptyState title="No job yet" icon={<Boxes />}>
          <p>
            Start one here, or let your agent do it by POST /api/dgx/jobs with this project&apos;s
            name and a command.
          </p>
          <Link href={`/jobs/new?project=${project.id}`} className={buttonClass('primary')}>
            Start the first job
          </Link>
        </EmptyState>
      ) : (
        <>
          {runs.length > 0 && (
            <Card
              title="Metrics of its jobs"
              actions={
                total > runs.length && (
                  <span className="text-soft text-xs">
                    the first {runs.length} below that have metrics
                  </span>
                )
              }
            >
              <MetricCharts runs={runs} isOneAtATime />
            </Card>
          )}
          <JobFilterBar filters={filters} />
          {jobs.length === 0 ? (
            <NothingMatches noun="job" pathname={pathname} />
          ) : (
            <Card>
              <JobList
                rows={toJobRows(jobs, [project], machines)}
                now={Date.now()}
                isOfOneProject
              />
            </Card>
          )}
          {total > 0 && (
            <JobPages
              filters={filters}
              pathname={pathname}
              shown={jobs.length}
              total={total}
              nextCursor={next_cursor}
            />
          )}
        </>
      )}
      <ValueTable title="Config" values={project.config} empty="Nothing is set." />
    </>
  )
}

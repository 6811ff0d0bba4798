import { Boxes } from 'lucide-react'
import type { Metadata } from 'next'
import { headers } from 'next/headers'
import Link from 'next/link'
import { TrackJob } from '@/components/jobs/job-actions'
import { JobFilterBar } from '@/components/jobs/job-filter-bar'
import { isFiltered, readFilters } from '@/components/jobs/job-filters'
import { JobList } from '@/components/jobs/job-list'
import { JobPages } from '@/components/jobs/job-pages'
import { toJobRows } from '@/components/jobs/job-row'
import { NothingMatches } from '@/components/jobs/nothing-matches'
import { LiveRefresh } from '@/components/live/live-refresh'
import { buttonClass } from '@/components/ui/button'
import { Card, PageHeader } from '@/components/ui/card'
import { CommandLine, EmptyState } from '@/components/ui/empty-state'
import { listConnections, listProjects } from '@/lib/dgx'
import { jobsOf } from '../list'

export const metadata: Metadata = { title: 'Jobs' }

export default async function JobsPage({ searchParams }: PageProps<'/jobs'>) {
  const filters = readFilters(await searchParams)
  const [{ items: jobs, total, next_cursor }, { items: projects }, { items: machines }] =
    await Promise.all([
      jobsOf(filters),
      listProjects({ limit: 1000, sort: 'name' }),
      listConnections({ limit: 1000, sort: 'position' }),
    ])
  const choices = projects.map(({ id, name }) => ({ id, name }))
  return (
    <>
      <LiveRefresh on="jobs" />
      <PageHeader title="Jobs">
        <Link href="/queue" className={buttonClass('quiet')}>
          Queue
        </Link>
        {choices.length > 0 && <TrackJob projects={choices} />}
        <Link href="/jobs/new" className={buttonClass('primary')}>
          Start a job
        </Link>
      </PageHeader>
      {total === 0 && !isFiltered(filters) ? (
        <NoJob project={projects[0]?.name ?? null} />
      ) : (
        <>
          <JobFilterBar filters={filters} projects={choices} />
          {jobs.length === 0 ? (
            <NothingMatches noun="job" pathname="/jobs" />
          ) : (
            <Card>
              <JobList rows={toJobRows(jobs, projects, machines)} now={Date.now()} />
            </Card>
          )}
          {total > 0 && (
            <JobPages
              filters={filters}
              pathname="/jobs"
              shown={jobs.length}
              total={total}
              nextCursor={next_cursor}
            />
          )}
        </>
      )}
    </>
  )
}

async function NoJob({ project }: { project: string | null }) {
  const host = (await headers()).get('host') ?? 'localhost:3939'
  const body = JSON.stringify({ project_id: project, name: 'Experiment 1' })
  return (
    <EmptyState title="No job yet" icon={<Boxes />}>
      <p>
        A job is one training run. Give it a command and it runs on a DGX, on GPUs that are free,
        with its log and its metrics here.
      </p>
      <Link href="/jobs/new" className={buttonClass('primary')}>
        Start a job
      </Link>
      {project ? (
        <>
          <p>A run that something else starts can be tracked by hand, also from a script:</p>
          <CommandLine>{`curl -X POST http://${host}/api/dgx/jobs -d '${body.replaceAll("'", "'\\''")}'`}</CommandLine>
        </>
      ) : (
        <p>
          Runs that belong together go into a project.{' '}
          <Link href="/projects" className="underline">
            Go to projects
          </Link>
        </p>
      )}
    </EmptyState>
  )
}

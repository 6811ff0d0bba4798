import type { Metadata } from 'next'
import Link from 'next/link'
import { connection as requestTime } from 'next/server'
import { AutoRefresh } from '@/components/auto-refresh'
import { NewJob } from '@/components/jobs/job-actions'
import { JobTable } from '@/components/jobs/job-table'
import { buttonClass } from '@/components/ui/button'
import { Card, PageHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { listJobs, listProjects } from '@/lib/dgx'

export const metadata: Metadata = { title: 'Jobs' }

export default async function JobsPage() {
  await requestTime()
  const [{ items: jobs, total }, { items: projects }] = await Promise.all([
    listJobs({ limit: 200 }),
    listProjects({ limit: 1000 }),
  ])
  const projectNames = new Map(projects.map(({ id, name }) => [id, name]))
  return (
    <>
      <AutoRefresh everyMs={5_000} />
      <PageHeader title="Jobs">
        {projects.length > 0 && (
          <NewJob projects={projects.map(({ id, name }) => ({ id, name }))} />
        )}
      </PageHeader>
      {jobs.length === 0 ? (
        <EmptyState title="No job yet">
          {projects.length > 0 ? (
            <p>
              A job is one training run: its status, config and metrics over time. Create one, here
              or over the API.
            </p>
          ) : (
            <>
              <p>A job belongs to a project. Create the project first.</p>
              <Link href="/projects" className={buttonClass('primary')}>
                Go to projects
              </Link>
            </>
          )}
        </EmptyState>
      ) : (
        <Card title={total > jobs.length ? `The newest ${jobs.length} of ${total}` : undefined}>
          <JobTable jobs={jobs} projectNames={projectNames} />
        </Card>
      )}
    </>
  )
}

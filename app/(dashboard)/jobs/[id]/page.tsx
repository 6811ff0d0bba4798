import type { Metadata } from 'next'
import Link from 'next/link'
import { Suspense } from 'react'
import { JobActions } from '@/components/jobs/job-actions'
import { JobNotes } from '@/components/jobs/job-notes'
import { JobTiming } from '@/components/jobs/job-timing'
import { LogViewer } from '@/components/jobs/log/log-viewer'
import { Attempts } from '@/components/jobs/managed/attempts'
import { JobState } from '@/components/jobs/managed/job-state'
import { ManagedActions } from '@/components/jobs/managed/managed-actions'
import { OrderCard } from '@/components/jobs/managed/order-card'
import { MetricCharts } from '@/components/jobs/metric-charts'
import { ValueTable } from '@/components/jobs/value-table'
import { LiveRefresh } from '@/components/live/live-refresh'
import { buttonClass } from '@/components/ui/button'
import { Card, PageHeader } from '@/components/ui/card'
import { JobStatus } from '@/components/ui/status'
import { getJob, listConnections } from '@/lib/dgx'
import { isDgxError } from '@/lib/dgx/errors'
import { legalActions } from '@/lib/dgx/jobs/states'
import { jobNamed } from '../../named'
import { placeOf } from '../place'
import { runsOf } from '../runs'
import { GpuUseCard } from './gpu-use-card'

export async function generateMetadata({ params }: PageProps<'/jobs/[id]'>): Promise<Metadata> {
  return { title: (await jobNamed((await params).id)).name }
}

export default async function JobPage({ params, searchParams }: PageProps<'/jobs/[id]'>) {
  const [{ id }, query] = await Promise.all([params, searchParams])
  const job = await jobNamed(id)
  const [runs, { project, machine }] = await Promise.all([runsOf([job]), placeOf(job)])
  const isManaged = job.phase !== null
  const asked = Number([query['attempt']].flat()[0])
  const shown = job.attempts.find(({ attempt }) => attempt === asked) ?? job.attempts.at(-1) ?? null
  return (
    <>
      <LiveRefresh on="jobs" />
      <PageHeader
        trail={[{ href: '/jobs', text: 'Jobs' }]}
        title={job.name}
        note={
          <span className="flex flex-wrap gap-x-4">
            {!isManaged && <JobStatus status={job.status} />}
            {project && (
              <Link href={`/projects/${project.id}`} className="underline">
                {project.name}
              </Link>
            )}
            {machine && (
              <Link href={`/connections/${machine.id}`} className="underline">
                {machine.name}
              </Link>
            )}
            {job.model_name && <span>{job.model_name}</span>}
            {job.container_id && (
              <span className="break-all font-mono text-xs leading-5">{job.container_id}</span>
            )}
          </span>
        }
      >
        <Link href={`/audit?target_id=${job.id}`} className={buttonClass('quiet')}>
          Audit
        </Link>
        {isManaged ? (
          <ManagedActions job={job} actions={legalActions(job)} />
        ) : (
          <JobActions job={job} />
        )}
      </PageHeader>
      {isManaged && <JobState job={job} idleSince={job.usage?.idle_since ?? null} />}
      <JobTiming job={job} now={Date.now()} />
      {isManaged && (
        <Card title={job.attempts.length > 1 ? `Log of attempt ${shown?.attempt}` : 'Log'}>
          {shown ? (
            <LogViewer
              key={shown.attempt}
              jobId={job.id}
              attempt={shown.attempt}
              isLive={shown.phase !== 'ended'}
              marks={shown.labels}
            />
          ) : (
            <p className="text-soft">
              {job.phase === 'ended'
                ? 'It never ran, so it printed nothing.'
                : 'It has not run yet. Its log appears here as it is printed.'}
            </p>
          )}
        </Card>
      )}
      <Card title="Metrics over time">
        <MetricCharts runs={runs} />
      </Card>
      {machine && job.started_at && (
        <Suspense fallback={<Card title="GPU use during its run">Reading the history…</Card>}>
          <GpuUseCard
            machine={machine}
            startedAt={job.started_at}
            endedAt={job.completed_at}
            uuids={isManaged ? (job.attempts.at(-1)?.gpu_uuids ?? []) : null}
          />
        </Suspense>
      )}
      {isManaged && <ManagedDetails job={job} shown={shown?.attempt ?? 0} />}
      <JobNotes job={job} />
      <div className="grid items-start gap-5 md:grid-cols-2">
        <ValueTable title="Config" values={job.config} empty="Nothing is set." />
        <ValueTable
          title="Latest metrics"
          values={job.metrics}
          empty={
            isManaged
              ? 'None yet. They are read from the log, or logged by dgx_metrics.'
              : 'None yet. A job sends them by POST /api/dgx/jobs/ID/metrics.'
          }
        />
      </div>
    </>
  )
}

/** What was asked for, and what became of it each time. */
async function ManagedDetails({
  job,
  shown,
}: {
  job: Awaited<ReturnType<typeof jobNamed>>
  shown: number
}) {
  const [{ items: machines }, dependencies] = await Promise.all([
    listConnections({ limit: 1000, sort: 'position' }),
    Promise.all((job.depends_on ?? []).map(dependencyOf)),
  ])
  return (
    <>
      <OrderCard
        job={job}
        run={job.attempts.at(-1) ?? null}
        machines={machines}
        dependencies={dependencies}
      />
      {job.attempts.length > 0 && (
        <Card title="Attempts" flush>
          <Attempts
            jobId={job.id}
            attempts={job.attempts}
            machines={machines}
            shown={shown}
            now={Date.now()}
          />
        </Card>
      )}
    </>
  )
}

async function dependencyOf(id: string) {
  try {
    const { name, status } = await getJob({ id })
    return { id, name, status: status as string }
  } catch (error) {
    if (isDgxError(error) && error.code === 'job_not_found')
      return { id, name: 'a deleted job', status: 'deleted' }
    throw error
  }
}

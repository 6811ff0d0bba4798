import type { Metadata } from 'next'
import Link from 'next/link'
import { Suspense } from 'react'
import { JobActions } from '@/components/jobs/job-actions'
import { JobNotes } from '@/components/jobs/job-notes'
import { JobTiming } from '@/components/jobs/job-timing'
import { MetricCharts } from '@/components/jobs/metric-charts'
import { ValueTable } from '@/components/jobs/value-table'
import { LiveRefresh } from '@/components/live/live-refresh'
import { Card, PageHeader } from '@/components/ui/card'
import { JobStatus } from '@/components/ui/status'
import { sampleJobMetrics } from '@/lib/dgx'
import { jobNamed } from '../../named'
import { placeOf } from '../place'
import { GpuUseCard } from './gpu-use-card'

/** Some for each pixel column of a chart; of more updates evenly spaced ones are drawn. */
const POINTS = 600

export async function generateMetadata({ params }: PageProps<'/jobs/[id]'>): Promise<Metadata> {
  return { title: (await jobNamed((await params).id)).name }
}

export default async function JobPage({ params }: PageProps<'/jobs/[id]'>) {
  const job = await jobNamed((await params).id)
  const [samples, { project, machine }] = await Promise.all([
    sampleJobMetrics({ id: job.id, points: POINTS }),
    placeOf(job),
  ])
  const updates = samples.at(-1)?.update ?? 0
  return (
    <>
      <LiveRefresh on="jobs" />
      <PageHeader
        trail={[{ href: '/jobs', text: 'Jobs' }]}
        title={job.name}
        note={
          <span className="flex flex-wrap gap-x-4">
            <JobStatus status={job.status} />
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
        <JobActions job={job} />
      </PageHeader>
      <JobTiming job={job} now={Date.now()} />
      <Card
        title="Metrics over time"
        actions={
          updates > samples.length && (
            <span className="text-soft text-xs">
              {samples.length} of {updates} updates are drawn, evenly spaced
            </span>
          )
        }
      >
        <MetricCharts
          runs={[{ id: job.id, name: job.name, started_at: job.started_at, samples }]}
        />
      </Card>
      {machine && job.started_at && (
        <Suspense fallback={<Card title="GPU use during its run">Reading the history…</Card>}>
          <GpuUseCard machine={machine} startedAt={job.started_at} endedAt={job.completed_at} />
        </Suspense>
      )}
      <JobNotes job={job} />
      <div className="grid items-start gap-5 md:grid-cols-2">
        <ValueTable title="Config" values={job.config} empty="Nothing is set." />
        <ValueTable
          title="Latest metrics"
          values={job.metrics}
          empty="None yet. A job sends them by PUT /api/dgx/jobs/ID."
        />
      </div>
    </>
  )
}

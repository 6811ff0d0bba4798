import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { AutoRefresh } from '@/components/auto-refresh'
import { between } from '@/components/format'
import { JobActions } from '@/components/jobs/job-actions'
import { KeyValues } from '@/components/jobs/key-values'
import { MetricCharts } from '@/components/jobs/metric-charts'
import { Card, PageHeader } from '@/components/ui/card'
import { JobStatus } from '@/components/ui/status'
import { TimeAgo } from '@/components/ui/time'
import { getJob, listJobMetrics } from '@/lib/dgx'
import { isDgxError } from '@/lib/dgx/errors'

async function findJob(id: string) {
  try {
    return await getJob({ id: decodeURIComponent(id) })
  } catch (error) {
    if (isDgxError(error) && error.code === 'job_not_found') notFound()
    throw error
  }
}

export async function generateMetadata({ params }: PageProps<'/jobs/[id]'>): Promise<Metadata> {
  return { title: (await findJob((await params).id)).name }
}

export default async function JobPage({ params }: PageProps<'/jobs/[id]'>) {
  const job = await findJob((await params).id)
  const points = await listJobMetrics({ id: job.id, limit: 300 })
  const times = [
    ['Created', job.created_at],
    ['Started', job.started_at],
    ['Ended', job.completed_at],
  ] as const
  return (
    <>
      <AutoRefresh everyMs={5_000} />
      <PageHeader
        title={job.name}
        note={
          <span className="flex flex-wrap gap-x-3">
            <JobStatus status={job.status} />
            {job.model_name && <span>{job.model_name}</span>}
            {job.container_id && (
              <span className="font-mono text-xs leading-5">{job.container_id}</span>
            )}
          </span>
        }
      >
        <JobActions job={job} />
      </PageHeader>
      <dl className="grid grid-cols-2 gap-3 md:grid-cols-4">
        {times.map(([label, at]) => (
          <div key={label} className="rounded-lg border border-line bg-raised px-4 py-3">
            <dt className="text-soft text-xs">{label}</dt>
            <dd className="mt-1">
              <TimeAgo at={at} />
            </dd>
          </div>
        ))}
        <div className="rounded-lg border border-line bg-raised px-4 py-3">
          <dt className="text-soft text-xs">Ran for</dt>
          <dd className="mt-1">{between(job.started_at, job.completed_at, Date.now())}</dd>
        </div>
      </dl>
      <div className="grid items-start gap-5 md:grid-cols-2">
        <Card title="Metrics">
          <KeyValues
            values={job.metrics}
            empty="None yet. A job sends them by PUT /api/dgx/jobs/ID."
          />
        </Card>
        <Card title="Config">
          <KeyValues values={job.config} empty="Nothing is set." />
        </Card>
      </div>
      <Card title="Metrics over time">
        <MetricCharts points={points} />
      </Card>
    </>
  )
}

import { MOST_COMPARED } from '@/components/jobs/compare-ids'
import type { Run } from '@/components/jobs/run-series'
import { sampleJobMetrics } from '@/lib/dgx'
import type { Job } from '@/lib/dgx/jobs/records'

const POINTS = 300

/** The first of these jobs that have metrics, as many as one chart can hold. */
export async function runsOf(jobs: readonly Job[]): Promise<Run[]> {
  const withMetrics = jobs.filter(({ metrics }) => Object.keys(metrics).length > 0)
  return Promise.all(
    withMetrics.slice(0, MOST_COMPARED).map(async ({ id, name, started_at }) => ({
      id,
      name,
      started_at,
      samples: await sampleJobMetrics({ id, points: POINTS }),
    })),
  )
}

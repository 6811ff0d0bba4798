import type { Run } from '@/components/jobs/run-series'
import { getJobSeries } from '@/lib/dgx'

/** Some for each pixel column of a chart of half the page's width. */
const POINTS = 400

/** The metrics of these jobs for charts, over their steps and over time. */
export function runsOf(
  jobs: readonly { id: string; name: string; started_at: string | null }[],
): Promise<Run[]> {
  return Promise.all(
    jobs.map(async ({ id, name, started_at }) => {
      const [byStep, byTime] = await Promise.all([
        getJobSeries({ id, points: POINTS, x: 'step' }),
        getJobSeries({ id, points: POINTS, x: 'time' }),
      ])
      return { id, name, started_at, byStep, byTime }
    }),
  )
}

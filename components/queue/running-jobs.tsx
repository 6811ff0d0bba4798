import Link from 'next/link'
import type { Job } from '@/lib/dgx/jobs/answers'
import { Elapsed } from '../ui/elapsed'
import { JobStatus } from '../ui/status'

/** What runs on a machine now. */
export function RunningJobs({ jobs, now }: { jobs: readonly Job[]; now: number }) {
  if (jobs.length === 0) return <p className="text-soft">Nothing was started here that runs now.</p>
  return (
    <ul className="flex flex-col divide-y divide-line">
      {jobs.map((job) => (
        <li
          key={job.id}
          className="flex flex-wrap items-center gap-x-4 gap-y-0.5 py-1.5 first:pt-0"
        >
          <Link
            href={`/jobs/${job.id}`}
            className="wrap-anywhere min-w-0 font-medium hover:underline"
          >
            {job.name}
          </Link>
          <JobStatus status={job.status} phase={job.phase} />
          <span className="text-soft tabular-nums">
            {job.held_gpu_indices?.length ? `GPU ${job.held_gpu_indices.join(', ')}` : 'no GPU'}
          </span>
          <span className="text-soft tabular-nums">
            <Elapsed from={job.started_at} to={null} now={now} />
          </span>
          {job.reachable === false && <span className="text-warn">its machine is away</span>}
        </li>
      ))}
    </ul>
  )
}

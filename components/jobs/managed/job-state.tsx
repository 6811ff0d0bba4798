import { Hourglass, Unplug } from 'lucide-react'
import Link from 'next/link'
import type { Job } from '@/lib/dgx/jobs/answers'
import { JobStatus } from '../../ui/status'
import { TimeAgo } from '../../ui/time'
import { withoutCall } from '../without-call'

const EDGES: Record<string, string> = {
  completed: 'border-l-good',
  failed: 'border-l-bad',
  running: 'border-l-info',
}

/** Where a job stands: its state, the one sentence, what it waits for, and whether that is known now. */
export function JobState({ job, idleSince }: { job: Job; idleSince: string | null }) {
  const { held_gpu_indices, queue_position, reachable } = job
  return (
    <section
      aria-label="State"
      className={`flex flex-col gap-2 rounded-lg border border-line border-l-4 bg-raised px-4 py-3 shadow-sm ${EDGES[job.status] ?? 'border-l-line-strong'}`}
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <JobStatus status={job.status} phase={job.phase} />
        {held_gpu_indices && held_gpu_indices.length > 0 && (
          <span className="text-soft">
            {held_gpu_indices.length === 1 ? 'GPU' : 'GPUs'} {held_gpu_indices.join(', ')}
          </span>
        )}
        {queue_position !== null && (
          <Link href="/queue" className="text-soft underline">
            number {queue_position} in the queue
          </Link>
        )}
        {job.attempt > 1 && <span className="text-soft">attempt {job.attempt}</span>}
        {job.retries_left > 0 && job.phase !== 'ended' && (
          <span className="text-soft">
            {job.retries_left} {job.retries_left === 1 ? 'retry' : 'retries'} left
          </span>
        )}
      </div>
      <p className="wrap-anywhere max-w-prose font-medium text-base">
        {job.status_message && withoutCall(job.status_message)}
      </p>
      {reachable === false && (
        <Line icon={<Unplug className="text-warn" />}>
          Its machine was last seen <TimeAgo at={job.last_seen_at} />. The job goes on there if it
          can; what becomes of it is told when the machine answers again.
        </Line>
      )}
      {idleSince && (
        <Line icon={<Hourglass className="text-warn" />}>
          A GPU that it holds has done nothing since <TimeAgo at={idleSince} />. Cancel the job if
          it hangs, so that others can have the GPU.
        </Line>
      )}
    </section>
  )
}

function Line({ icon, children }: { icon: React.ReactNode; children: React.ReactNode }) {
  return (
    <p className="flex max-w-prose gap-2 text-soft [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0">
      {icon}
      <span>{children}</span>
    </p>
  )
}

import { runtime } from '../runtime'
import type { JobWithAttempts } from './answers'
import { findJob, getJob } from './records'
import type { JobWaitQuery } from './schema'
import { isTerminal } from './states'

/**
 * Waits until a job has one of the statuses, or has ended; at once when it has. `timed_out` says that
 * it has not, and how it stands then.
 * @throws DgxError job_not_found (also when it is deleted meanwhile), ambiguous_name
 */
export async function waitForJob(
  options: { id: string; signal: AbortSignal } & JobWaitQuery,
): Promise<{ job: JobWithAttempts; timed_out: boolean }> {
  const { timeout_s, until, signal } = options
  const { id } = await findJob(options.id)
  const deadline = performance.now() + timeout_s * 1000
  // Before the first look, so that no change falls in between.
  const subscription = runtime().hub.subscribe()
  subscription.topics.add('jobs')
  const close = () => subscription.close()
  signal.addEventListener('abort', close, { once: true })
  try {
    for (;;) {
      const job = await getJob({ id })
      // What has ended changes no more by itself, whatever else was waited for.
      if (isTerminal(job.status)) {
        // Its last labels and metrics belong to its end.
        await runtime().collector.finish(id)
        return { job: await getJob({ id }), timed_out: false }
      }
      if (until.some((status) => status === job.status)) return { job, timed_out: false }
      if (!(await changed(subscription, id, deadline))) return { job, timed_out: true }
    }
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}

/** True at the next event of the job; false when none came in time. */
async function changed(
  subscription: ReturnType<ReturnType<typeof runtime>['hub']['subscribe']>,
  id: string,
  deadline: number,
): Promise<boolean> {
  for (let left = deadline - performance.now(); left > 0; left = deadline - performance.now()) {
    const message = await subscription.next(left)
    if (message === null) return false
    if (message === 'idle') continue
    const { event } = message
    if (event.type === 'job' && event.job.id === id) return true
    if (event.type === 'job_deleted' && event.job_id === id) return true
  }
  return false
}

import { type EndReason, statusOfEnd } from '../jobs/states'
import type { JobCounts, Report } from './answers'
import type { HeldRun } from './held'
import type { ReportJob } from './runs.sql'

/** A job of a report, as it stood at the end of the period. */
export type JobOutcome = {
  id: string
  name: string
  project_id: string | null
  is_managed: boolean
  status: keyof JobCounts
  end_reason: EndReason | null
}

/**
 * What became of each job in a period. One that ended in it stands as it does; a managed one that
 * ended later, or was taken up again, as its newest run of the period. Pure.
 * @param runs in the order of their attempts
 */
export function outcomesOf(options: {
  jobs: readonly ReportJob[]
  runs: readonly HeldRun[]
  to: number
}): JobOutcome[] {
  const { jobs, runs, to } = options
  const outcomes = new Map<string, JobOutcome>()
  for (const { job_id, job_name, project_id, ended_at, end_reason } of runs) {
    const reason = ended_at !== null && ended_at < to ? end_reason : null
    outcomes.set(job_id, {
      id: job_id,
      name: job_name,
      project_id,
      is_managed: true,
      status: reason ? endedAs(reason) : 'running',
      end_reason: reason,
    })
  }
  for (const { id, name, project_id, is_managed, status, end_reason, completed_at } of jobs) {
    const hasEnded = completed_at !== null && completed_at < to
    outcomes.set(id, {
      id,
      name,
      project_id,
      is_managed,
      // The word of a job that is over is one of these.
      status: hasEnded ? (status as keyof JobCounts) : 'running',
      end_reason: hasEnded ? end_reason : null,
    })
  }
  return [...outcomes.values()]
}

const endedAs = (reason: EndReason): keyof JobCounts => {
  const status = statusOfEnd(reason)
  return status === 'completed' || status === 'cancelled' ? status : 'failed'
}

export function countJobs(outcomes: readonly JobOutcome[]): JobCounts {
  const counts = { completed: 0, failed: 0, cancelled: 0, running: 0 }
  for (const { status } of outcomes) counts[status] += 1
  return counts
}

export function countAll(outcomes: readonly JobOutcome[], runs: number): Report['jobs'] {
  const managed = outcomes.filter(({ is_managed }) => is_managed)
  const end_reasons: Report['jobs']['end_reasons'] = {}
  for (const { end_reason } of managed) {
    if (end_reason) end_reasons[end_reason] = (end_reasons[end_reason] ?? 0) + 1
  }
  return {
    total: outcomes.length,
    runs,
    managed: countJobs(managed),
    tracked: countJobs(outcomes.filter(({ is_managed }) => !is_managed)),
    end_reasons,
  }
}

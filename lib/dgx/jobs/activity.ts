import { database } from '../../db/client'
import type { JobStatus } from './schema'

/** What a project's jobs are at. */
export type JobActivity = {
  counts: Partial<Record<JobStatus, number>>
  /** When one of its jobs last changed. */
  last_change_at: string
}

/** The jobs of projects by status, under the project's id; a project without jobs has no entry. */
export async function getJobActivity(options: {
  project_ids: string[]
}): Promise<Map<string, JobActivity>> {
  const groups = await database().job.groupBy({
    by: ['project_id', 'status'],
    where: { project_id: { in: options.project_ids } },
    _count: true,
    _max: { updated_at: true },
  })
  const activity = new Map<string, JobActivity>()
  for (const { project_id, status, _count, _max } of groups) {
    if (project_id === null || _max.updated_at === null) continue
    const before = activity.get(project_id)
    const changed = _max.updated_at.toISOString()
    activity.set(project_id, {
      counts: { ...before?.counts, [status]: _count },
      last_change_at: before && before.last_change_at > changed ? before.last_change_at : changed,
    })
  }
  return activity
}

import type { JobFilters } from '@/components/jobs/job-filters'
import { listJobs } from '@/lib/dgx'
import { isDgxError } from '@/lib/dgx/errors'

const PAGE = 50

/**
 * The page of jobs that an address asks for. An address may be old: a cursor that no longer fits
 * starts again, and a project that is gone has no jobs.
 */
export async function jobsOf(filters: JobFilters): ReturnType<typeof listJobs> {
  const { search, status, project_id, sort, cursor } = filters
  const query = {
    limit: PAGE,
    sort,
    ...(search ? { search } : {}),
    ...(status.length > 0 ? { status } : {}),
    ...(project_id ? { project_id } : {}),
  }
  try {
    return await listJobs(cursor ? { ...query, cursor } : query)
  } catch (error) {
    if (!isDgxError(error)) throw error
    if (error.code === 'project_not_found') return { items: [], next_cursor: null, total: 0 }
    if (error.code === 'invalid_request' && cursor) return await listJobs(query)
    throw error
  }
}

import { getJob } from '@/lib/dgx'
import { isDgxError } from '@/lib/dgx/errors'
import type { Job } from '@/lib/dgx/jobs/records'

/** The jobs behind the ids (or names) of an address, each once, and those that are none. */
export async function findCompared(references: readonly string[]): Promise<{
  jobs: Job[]
  unknown: string[]
}> {
  const found = await Promise.all(
    references.map(async (reference) => ({ reference, job: await findJob(reference) })),
  )
  const jobs = new Map(found.flatMap(({ job }) => (job ? [[job.id, job] as const] : [])))
  return {
    jobs: [...jobs.values()],
    unknown: found.flatMap(({ reference, job }) => (job ? [] : [reference])),
  }
}

async function findJob(id: string): Promise<Job | null> {
  try {
    return await getJob({ id })
  } catch (error) {
    if (isDgxError(error) && ['job_not_found', 'ambiguous_name'].includes(error.code)) return null
    throw error
  }
}

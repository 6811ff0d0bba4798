import { getConnection, getProjectRecord } from '@/lib/dgx'
import { isDgxError } from '@/lib/dgx/errors'

type Machine = { id: string; name: string; sample_interval_ms: number }

/**
 * The project of a job, and the machine where it runs or ran, else the one it waits for or its
 * project's; what is not set, or gone since, is null.
 */
export async function placeOf(job: {
  project_id: string | null
  connection_id: string | null
  connection_ids: string[] | null
}): Promise<{ project: { id: string; name: string } | null; machine: Machine | null }> {
  const { project_id } = job
  const project = project_id ? await found(() => getProjectRecord({ id: project_id })) : null
  const asked = job.connection_ids
  const connection_id = job.connection_id ?? (asked ? onlyOne(asked) : project?.connection_id)
  const machine = connection_id ? await found(() => getConnection({ id: connection_id })) : null
  return { project, machine }
}

const onlyOne = (ids: readonly string[]) =>
  ids.length === 1 && ids[0] !== 'any' ? ids[0] : undefined

async function found<T>(find: () => Promise<T>): Promise<T | null> {
  try {
    return await find()
  } catch (error) {
    if (isDgxError(error) && /_not_found$/.test(error.code)) return null
    throw error
  }
}

import { getConnection, getProjectRecord } from '@/lib/dgx'
import { isDgxError } from '@/lib/dgx/errors'

type Machine = { id: string; name: string; sample_interval_ms: number }

/** The project of a job and its project's machine; what is not set, or gone since, is null. */
export async function placeOf(job: {
  project_id: string | null
}): Promise<{ project: { id: string; name: string } | null; machine: Machine | null }> {
  const { project_id } = job
  const project = project_id ? await found(() => getProjectRecord({ id: project_id })) : null
  const connection_id = project?.connection_id
  const machine = connection_id ? await found(() => getConnection({ id: connection_id })) : null
  return { project, machine }
}

async function found<T>(find: () => Promise<T>): Promise<T | null> {
  try {
    return await find()
  } catch (error) {
    if (isDgxError(error) && /_not_found$/.test(error.code)) return null
    throw error
  }
}

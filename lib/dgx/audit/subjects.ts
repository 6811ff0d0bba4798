import { database } from '../../db/client'
import { findMachine } from '../connections/machine'
import { isDgxError } from '../errors'
import { findJob } from '../jobs/records'
import { getKey } from '../keys/records'
import { getProjectRecord } from '../projects/records'
import { NO_SUBJECT, type Subject } from './log'

export type SubjectType = NonNullable<Subject['target_type']>

/** What an operation is about, by id or name. */
export type SubjectReference = { type: SubjectType; reference: string }

/** The same with what its entry says of it; what is not there is told as it was asked for. */
export async function findSubject({ type, reference }: SubjectReference): Promise<Subject> {
  try {
    return await FIND[type](reference)
  } catch (error) {
    if (!isDgxError(error)) throw error
    return { ...NO_SUBJECT, target_type: type, target_name: reference }
  }
}

const FIND: Record<SubjectType, (reference: string) => Promise<Subject>> = {
  connection: async (reference) => {
    const { id, name } = await findMachine(reference)
    return {
      connection_id: id,
      connection_name: name,
      target_type: 'connection',
      target_id: id,
      target_name: name,
    }
  },
  project: async (reference) => withMachine('project', await getProjectRecord({ id: reference })),
  job: async (reference) => withMachine('job', await findJob(reference)),
  key: async (reference) => {
    const { id, name } = await getKey({ id: reference })
    return { ...NO_SUBJECT, target_type: 'key', target_id: id, target_name: name }
  },
}

async function withMachine(
  target_type: SubjectType,
  { id, name, connection_id }: { id: string; name: string; connection_id: string | null },
): Promise<Subject> {
  const machine =
    connection_id &&
    (await database().connection.findUnique({
      where: { id: connection_id },
      select: { name: true },
    }))
  return {
    connection_id,
    connection_name: machine ? machine.name : null,
    target_type,
    target_id: id,
    target_name: name,
  }
}

import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { isUniqueViolation } from '../../db/errors'
import { DgxError, isDgxError } from '../errors'
import type { Job } from './answers'
import { createJob, getJob } from './records'
import type { ManagedJobInput } from './schema'

/** What is stored as it was asked for, so that a second request can be told from a repeated one. */
const AS_GIVEN = [
  'name',
  'command',
  'env',
  'config',
  'tags',
  'notes',
  'timeout_s',
  'max_retries',
  'priority',
] as const

/**
 * Creates a job once for each token, however often and at once it is asked for, also after a crash of
 * the app: the token decides the job's id.
 * @throws DgxError as `createJob`; idempotency_conflict when the token has another job
 */
export async function createJobOnce(options: {
  client_token: string
  input: ManagedJobInput
}): Promise<{ job: Job; is_new: boolean }> {
  const { client_token, input } = options
  const id = idOf(client_token)
  const before = await findJobOf(id)
  if (before) return { job: same(before, options), is_new: false }
  try {
    return { job: await createJob(input, id), is_new: true }
  } catch (error) {
    const other = isUniqueViolation(error) ? await findJobOf(id) : null
    if (other) return { job: same(other, options), is_new: false }
    throw error
  }
}

async function findJobOf(id: string): Promise<Job | null> {
  try {
    return await getJob({ id })
  } catch (error) {
    if (isDgxError(error) && error.code === 'job_not_found') return null
    throw error
  }
}

function same(job: Job, { client_token, input }: { client_token: string; input: ManagedJobInput }) {
  const given = (key: 'gpus' | 'working_dir') => input[key] === null || input[key] === job[key]
  const isSame =
    AS_GIVEN.every((key) => isDeepStrictEqual(input[key], job[key])) &&
    given('gpus') &&
    given('working_dir')
  if (isSame) return job
  throw new DgxError(
    'idempotency_conflict',
    `The client token "${client_token.slice(0, 100)}" belongs to the job ${job.name} (${job.id}), which asks for something else. Use a new token for a new job.`,
  )
}

/** A UUID (version 8) that follows from the token. */
function idOf(token: string): string {
  const hex = createHash('sha256').update(`dgx job ${token}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

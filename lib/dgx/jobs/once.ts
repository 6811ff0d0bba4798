import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { isUniqueViolation } from '../../db/errors'
import { DgxError, isDgxError } from '../errors'
import type { Asker } from '../safety/gate'
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

/** How long a failure is kept for a caller that went while a person was asked. */
const FAILURE_KEPT_MS = 3_600_000

type Creation = { input: ManagedJobInput; job: Promise<Job>; hangUp: AbortController }

/** Creations under way, by the job's id; those that failed stay until a caller has heard of it. */
const creations = new Map<string, Creation>()

/**
 * Creates a job once for each token, however often and at once it is asked for, also after a crash of
 * the app: the token decides the job's id.
 * @returns job: null when a person is still being asked after `wait_ms`; asked for again with the same
 *   token, it goes on waiting for the same answer
 * @throws DgxError as `createJob`; idempotency_conflict when the token has another job
 */
export async function createJobOnce(options: {
  client_token: string
  input: ManagedJobInput
  caller: Asker['caller']
  wait_ms: number
  signal: AbortSignal
}): Promise<{ job: Job | null; is_new: boolean }> {
  const { client_token, input, wait_ms, signal } = options
  const id = idOf(client_token)
  const before = await findJobOf(id)
  if (before) return { job: same(before, options), is_new: false }
  let creation = creations.get(id)
  if (creation && !isDeepStrictEqual(creation.input, input)) throw otherJob(client_token)
  creation ??= begin(id, options)
  const { job: creating, hangUp } = creation
  const enough = AbortSignal.any([signal, AbortSignal.timeout(wait_ms)])
  try {
    const job = await Promise.race([creating, whenAborted(enough)])
    // Who hangs up does not get to know that it was allowed, and shall find nothing running.
    if (job === null && signal.aborted) hangUp.abort(signal.reason)
    return { job, is_new: job !== null }
  } catch (error) {
    creations.delete(id)
    const other = isUniqueViolation(error) ? await findJobOf(id) : null
    if (other) return { job: same(other, options), is_new: false }
    throw error
  }
}

function begin(id: string, options: { input: ManagedJobInput; caller: Asker['caller'] }): Creation {
  const { input, caller } = options
  const hangUp = new AbortController()
  const job = createJob(input, { id, caller, signal: hangUp.signal })
  const creation = { input, job, hangUp }
  creations.set(id, creation)
  const forget = () => {
    if (creations.get(id) === creation) creations.delete(id)
  }
  job.then(forget, () => setTimeout(forget, FAILURE_KEPT_MS).unref())
  return creation
}

function whenAborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null)
    else signal.addEventListener('abort', () => resolve(null), { once: true })
  })
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
  throw otherJob(client_token, `the job ${job.name} (${job.id})`)
}

function otherJob(client_token: string, job = 'a job that waits for a person'): DgxError {
  return new DgxError(
    'idempotency_conflict',
    `The client token "${client_token.slice(0, 100)}" belongs to ${job}, which asks for something else. Use a new token for a new job.`,
  )
}

/** A UUID (version 8) that follows from the token. */
function idOf(token: string): string {
  const hex = createHash('sha256').update(`dgx job ${token}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

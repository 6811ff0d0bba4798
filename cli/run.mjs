/** `dgx run`: starts a job and shows its log; the job does not need this program to go on. */
import { randomUUID } from 'node:crypto'
import { isPassing, untilAnswered } from './again.mjs'
import { ApiFailure } from './client.mjs'
import { commandOf, environmentOf } from './exec.mjs'
import { followJob } from './logs.mjs'
import { exitCodeOfJob, standing, waitForJob } from './wait.mjs'

/** @typedef {import('./main.mjs').Context} Context */

const LONGEST_NAME = 200

/** What `--on` names: a machine, some of them, or `any`. @param {string | undefined} on */
function machines(on) {
  if (on === undefined) return {}
  const names = on.split(',')
  if (names.length > 1) return { connection_ids: names }
  return on === 'any' ? { connection_ids: 'any' } : { connection_id: on }
}

/** The job as the API takes it. @param {Record<string, any>} options @param {string[]} words */
function jobOf(options, words) {
  const said = words.join(' ').replace(/\s+/g, ' ').trim()
  return {
    name: options.name ?? said.slice(0, LONGEST_NAME),
    command: commandOf(words),
    ...machines(options.on),
    project_id: options.project,
    gpus: options.gpus,
    working_dir: options.dir,
    env: options.env && environmentOf(options.env),
    priority: options.priority,
    depends_on: options.after,
    max_retries: options.retries,
    timeout_s: options.timeout,
    tags: options.tag,
  }
}

/** Whether the app may have got the request, of which no answer came. @param {unknown} error */
const mayHaveArrived = (error) =>
  error instanceof ApiFailure
    ? error.code === 'unreachable' && /^(ECONNRESET|EPIPE|UND_ERR_)/.test(String(error.data))
    : isPassing(error)

/**
 * Starts a job, follows its log to the end and exits as it does. Ctrl+C only stops watching.
 * @param {Context} context
 * @returns {Promise<number>}
 */
export async function run({ client, print, json, options, rest, signal }) {
  // One key for all tries: the app starts one job, however often it is asked.
  const headers = { 'idempotency-key': `dgx-run-${randomUUID()}` }
  // Not ended by Ctrl+C: whether there is a job would not be known then.
  const create = () => client.call('POST', 'jobs', { body: jobOf(options, rest), headers })
  const { data: created } = await create().catch((error) => {
    if (!mayHaveArrived(error)) throw error
    return untilAnswered(create, signal)
  })
  const { id } = created
  if (options.detach) {
    print(json ? JSON.stringify(created, null, 2) : id)
    return 0
  }
  try {
    if (!json) console.error(`dgx: job ${id}`)
    const job = json
      ? await waitForJob(client, id, signal)
      : await followJob({ client, id, signal })
    if (json) print(JSON.stringify(job, null, 2))
    else if (job.status !== 'completed') console.error(`dgx: ${standing(job)}`)
    return exitCodeOfJob(job)
  } catch (error) {
    if (signal.aborted)
      console.error(
        `dgx: the job goes on. "dgx logs -f ${id}" follows it, "dgx cancel ${id}" ends it.`,
      )
    else if (error instanceof ApiFailure) console.error(`dgx: job ${id} is no longer followed:`)
    throw error
  }
}

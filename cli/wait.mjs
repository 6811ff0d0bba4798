/** `dgx wait`, and how a job's end becomes an exit code. */
import { setTimeout } from 'node:timers/promises'
import { untilAnswered } from './again.mjs'
import { signalCode, TIMED_OUT } from './exec.mjs'
import { printable } from './table.mjs'

/** @typedef {import('./main.mjs').Context} Context */
/** @typedef {import('./client.mjs').Client} Client */

/** As long as the app lets one call wait. */
const LONGEST_WAIT_S = 50
/** Between looks at a job that runs, but not as is waited for. */
const LOOK_EVERY_MS = 500

/** @param {string} job an id or a name */
export const jobPath = (job) => `jobs/${encodeURIComponent(job)}`

/** @param {{status: string}} job */
const hasEnded = ({ status }) => !['pending', 'running'].includes(status)

/**
 * The job once it has ended; with `isEnough` also once it runs and that is true of it.
 * @param {Client} client
 * @param {string} id
 * @param {AbortSignal} signal
 * @param {(job: any) => boolean} [isEnough]
 * @returns {Promise<any>}
 */
export async function waitForJob(client, id, signal, isEnough) {
  const until = isEnough ? 'running' : 'terminal'
  const path = `${jobPath(id)}/wait?timeout_s=${LONGEST_WAIT_S}&until=${until}`
  for (;;) {
    const job = await untilAnswered(() => client.get(path, { signal }), signal)
    if (hasEnded(job) || isEnough?.(job)) return job
    // A run that is over is still what the app answers with until it knows what comes next.
    if (job.status === 'running' && isEnough) await setTimeout(LOOK_EVERY_MS, undefined, { signal })
  }
}

/**
 * The exit code that a job had; 128 and its number for a signal, 124 for its timeout, and 255 for
 * one that did not complete and has none, such as a job that was cancelled before it ran.
 * @param {{status: string, end_reason: string | null, exit_code: number | null, exit_signal: string | null}} job
 */
export function exitCodeOfJob({ status, end_reason, exit_code, exit_signal }) {
  if (status === 'completed') return 0
  if (end_reason === 'timed_out') return TIMED_OUT
  return exit_signal ? signalCode(exit_signal) : exit_code || 255
}

/** One line about how a job stands. @param {any} job */
export const standing = ({ name, status, status_message }) =>
  printable(`${name}: ${status_message ?? status}`)

/** Until all have ended; the first exit code that is not 0. @param {Context} context */
export async function wait({ client, print, json, positionals, signal }) {
  const jobs = await Promise.all(
    positionals.map(async (reference) => {
      const { id } = await client.get(jobPath(reference), { signal })
      const job = await waitForJob(client, id, signal)
      if (!json) print(standing(job))
      return job
    }),
  )
  if (json) print(JSON.stringify(jobs, null, 2))
  return jobs.map(exitCodeOfJob).find((code) => code !== 0) ?? 0
}

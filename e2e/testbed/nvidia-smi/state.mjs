import { readFileSync } from 'node:fs'
import path from 'node:path'
import { findProfile } from './profiles.mjs'
import { wobble } from './wobble.mjs'

/** @typedef {Record<string, string | undefined>} Environment */

/** A file of the state folder; null when there is none. @param {Environment} env @param {string} name */
function stateFile(env, name) {
  if (!env.DGX_TESTBED_STATE) return null
  try {
    return readFileSync(path.join(env.DGX_TESTBED_STATE, name), 'utf8').trim()
  } catch {
    return null
  }
}

/**
 * The processes of the file `pids`: `memory_used_mb` is a number or null, `memory` a raw cell.
 *
 * @param {string} text
 * @returns {import('./profiles.mjs').Process[]}
 */
function readProcesses(text) {
  /** @type {{pid: number, gpu: number, name: string, memory_used_mb?: number | null, memory?: string}[]} */
  const list = JSON.parse(text)
  return list.map(({ memory_used_mb, memory, ...rest }) => ({
    ...rest,
    memory: memory ?? String(memory_used_mb ?? '[N/A]'),
  }))
}

/**
 * The machine to play. `DGX_TESTBED_PROFILE` names its profile; else the file `profile` in the
 * folder `DGX_TESTBED_STATE`, which can be rewritten while a host runs; else `a100x8`. The file
 * `pids` replaces the profile's processes, so that a test can point at live ones. Values stand still
 * unless `DGX_TESTBED_WOBBLE`, or the file `wobble`, is `1`.
 *
 * @param {Environment} env @param {Date} now
 * @returns {import('./cells.mjs').Machine}
 */
export function readMachine(env, now) {
  const profile = findProfile(env.DGX_TESTBED_PROFILE || stateFile(env, 'profile') || 'a100x8')
  const pids = stateFile(env, 'pids')
  if (pids) profile.processes = readProcesses(pids)
  const isWobbling = (env.DGX_TESTBED_WOBBLE || stateFile(env, 'wobble')) === '1'
  if (isWobbling) profile.gpus = profile.gpus.map((gpu, place) => wobble(gpu, place, now))
  return { profile, now }
}

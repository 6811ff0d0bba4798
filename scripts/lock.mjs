/** One process at a time prepares this folder: two installs or builds at once would mix. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const POLL_MS = 200
/** Longer than any install and build; a process id may have come back as another program's. */
const STALE_AFTER_MS = 30 * 60_000

/** @param {string} file */
function isStale(file) {
  try {
    if (Date.now() - statSync(file).mtimeMs > STALE_AFTER_MS) return true
    const pid = Number(readFileSync(file, 'utf8'))
    // Made and filled in two steps: without a number it is brand new.
    if (pid > 0) process.kill(pid, 0)
    return false
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH'
  }
}

/** @param {string} file @returns {boolean} false when another process has it */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    return false
  }
}

/**
 * Runs `work` while holding `.cache/prepare.lock`; waits for whoever has it, and takes it over
 * from a process that is gone.
 * @param {string} root
 * @param {() => void} work
 */
export function withLock(root, work) {
  const file = path.join(root, '.cache/prepare.lock')
  mkdirSync(path.dirname(file), { recursive: true })
  let hasSaid = false
  while (!take(file)) {
    if (isStale(file)) {
      rmSync(file, { force: true })
      continue
    }
    if (!hasSaid) console.log('Another start is preparing this folder; waiting for it ...')
    hasSaid = true
    // Sleeps without a callback: the steps before a start are one after the other.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS)
  }
  try {
    work()
  } finally {
    rmSync(file, { force: true })
  }
}

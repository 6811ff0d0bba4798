/** Going on when the app is away for a while, as in a restart. */
import { setTimeout } from 'node:timers/promises'
import { ApiFailure } from './client.mjs'

const PAUSE_MS = 1000

/** Whether the same call may do later: nothing answered, it broke off, or it is too much right now. @param {unknown} error */
export const isPassing = (error) =>
  error instanceof ApiFailure
    ? error.code === 'unreachable' || error.code === 'too_busy' || (error.status ?? 0) > 500
    : isBrokenOff(error)

/** What fetch throws for an answer that breaks off. @param {unknown} error */
export const isBrokenOff = (error) => error instanceof TypeError && error.cause !== undefined

/**
 * What `ask` gives, once it does; says one time that it goes on trying.
 * @template T
 * @param {() => Promise<T>} ask
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 * @throws what will not pass, or once `signal` aborts
 */
export async function untilAnswered(ask, signal) {
  for (let isTold = false; ; isTold = true) {
    try {
      return await ask()
    } catch (error) {
      signal.throwIfAborted()
      if (!isPassing(error)) throw error
      if (!isTold) console.error(`dgx: ${Reflect.get(Object(error), 'message')} Trying again.`)
      await setTimeout(PAUSE_MS, undefined, { signal })
    }
  }
}

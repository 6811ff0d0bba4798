/** What a named key means for the requests that bring it, beside who asks. */

/**
 * @typedef {import('../lib/dgx/keys/ring').HeldKey} HeldKey
 * @typedef {import('./responses.mjs').Refusal} Refusal
 */

/** So that a key that revokes itself gets its answer. */
const GRACE_MS = 1_000

/** Counts a request. @param {HeldKey} key @returns {Refusal | null} when it is one too many */
export function overLimit(key) {
  const retryAfterS = key.take()
  if (retryAfterS === 0) return null
  return {
    status: 429,
    code: 'rate_limited',
    message: `The key "${key.name}" may send ${key.limitPerMinute} requests a minute. Try again in ${retryAfterS} s.`,
    retryAfterS,
  }
}

/**
 * Ends an answer when its key is revoked: a stream at once, one that is still being worked on in a
 * moment. What it started ends as when its caller hangs up.
 * @param {HeldKey} key
 * @param {import('node:http').ServerResponse} response
 */
export function endWithKey({ ended }, response) {
  const end = () => {
    if (response.headersSent) response.destroy()
    else setTimeout(() => response.destroy(), GRACE_MS).unref()
  }
  whenEnded(ended, end, response)
}

/** Ends a WebSocket when its key is revoked. @param {HeldKey} key @param {import('node:stream').Duplex} socket */
export function hangUpWithKey({ ended }, socket) {
  whenEnded(ended, () => socket.destroy(), socket)
}

/**
 * @param {AbortSignal} ended
 * @param {() => void} end
 * @param {import('node:events').EventEmitter} until its `close` makes it needless
 */
function whenEnded(ended, end, until) {
  // Revoked between the check of the key and here.
  if (ended.aborted) return end()
  ended.addEventListener('abort', end)
  until.once('close', () => ended.removeEventListener('abort', end))
}

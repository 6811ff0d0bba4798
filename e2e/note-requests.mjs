/**
 * Preloaded into the app under test: notes every request that was answered, whoever made it, a line
 * of JSON each, for `audit-trail.ts`. Below the app's own code, so that this cannot forget one.
 */
import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'

const file = String(process.env.DGX_NOTE_REQUESTS)
appendFileSync(file, '')

subscribe('http.server.request.start', (message) => {
  const { request, response } =
    /** @type {{request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse}} */ (
      message
    )
  // Now: who answers may rewrite the request.
  const { method, url } = request
  response.once('finish', () => {
    const note = {
      ...{ at: Date.now(), method, url, status: response.statusCode },
      id: response.getHeader('x-request-id'),
      isReplay: response.hasHeader('idempotency-replayed'),
    }
    // At once: the app may be killed next.
    appendFileSync(file, `${JSON.stringify(note)}\n`)
  })
})

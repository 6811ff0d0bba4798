/**
 * One line a request, when its answer is done: method, path, status, time, caller. Never queries,
 * bodies or keys.
 */
import { viaOf } from './caller.mjs'
import { pathnameOf } from './target.mjs'

/** @param {import('node:http').IncomingMessage} request */
function factsOf(request) {
  return {
    method: request.method,
    path: pathnameOf(request.url).slice(0, 500),
    caller: viaOf(request),
    request_id: request.headers['x-request-id'],
  }
}

/**
 * @param {import('pino').Logger} log
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
export function logRequest(log, request, response) {
  const startedAt = performance.now()
  // Described now: who answers may rewrite the request.
  const about = factsOf(request)
  response.once('close', () => {
    log[about.path.startsWith('/_next/') ? 'debug' : 'info'](
      {
        ...about,
        status: response.statusCode,
        ms: Math.round(performance.now() - startedAt),
        ...(response.writableFinished ? {} : { hung_up: true }),
      },
      'request',
    )
  })
}

/**
 * @param {import('pino').Logger} log
 * @param {import('node:http').IncomingMessage} request
 * @param {number} status 101 when a WebSocket was opened
 */
export function logUpgrade(log, request, status) {
  log.info({ ...factsOf(request), status }, 'upgrade')
}

/** @param {import('node:http').IncomingHttpHeaders} headers */
function callerOf(headers) {
  return headers['sec-fetch-site'] !== undefined || headers.origin !== undefined ? 'browser' : 'api'
}

/**
 * Logs a request when its answer is done: method, path, status, time, caller. Never queries,
 * bodies or keys.
 * @param {import('pino').Logger} log
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {string} requestId
 */
export function logRequest(log, request, response, requestId) {
  const startedAt = performance.now()
  response.once('close', () => {
    const path = (request.url ?? '').split('?')[0]?.slice(0, 500) ?? ''
    const level = path.startsWith('/_next/') ? 'debug' : 'info'
    log[level](
      {
        method: request.method,
        path,
        status: response.statusCode,
        ms: Math.round(performance.now() - startedAt),
        caller: callerOf(request.headers),
        request_id: requestId,
        ...(response.writableFinished ? {} : { hung_up: true }),
      },
      'request',
    )
  })
}

/** The HTTP server around Next: what happens to every request and upgrade before Next sees it. */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { KeyCheck, UNAUTHORIZED } from './authorize.mjs'
import { CALLER_HEADER, nameCaller } from './caller.mjs'
import { checkRequest } from './guard.mjs'
import { logIn, logOut, refuseUnauthorized } from './login.mjs'
import { logRequest, logUpgrade } from './request-log.mjs'
import { refuse, refuseSocket } from './responses.mjs'
import { SECURITY_HEADERS } from './security-headers.mjs'
import { checkTarget, pathnameOf } from './target.mjs'

/**
 * @typedef {import('node:http').IncomingMessage} Request
 * @typedef {import('node:http').ServerResponse} Response
 * @typedef {import('node:stream').Duplex} Socket
 */

const MAX_HEADER_BYTES = 32 * 1024

const INTERNAL = {
  status: 500,
  code: 'internal',
  message: 'Something broke in this program. Its log has the cause.',
}
const NO_WEBSOCKET = { status: 404, code: 'not_found', message: 'There is no WebSocket here.' }
const NOT_HTTP = {
  status: 400,
  code: 'invalid_request',
  message: 'This is not a whole HTTP/1.1 request.',
}
const HEADERS_TOO_LARGE = {
  status: 431,
  code: 'invalid_request',
  message: `The headers are larger than ${MAX_HEADER_BYTES} bytes.`,
}

/**
 * @param {object} options
 * @param {Pick<import('../lib/config.mjs').Config, 'port' | 'host' | 'allowedHosts' | 'apiServerKey'>} options.config
 * @param {import('pino').Logger} options.log
 * @param {(request: Request, response: Response) => Promise<void>} options.handle takes what may pass
 * @param {(request: Request, socket: Socket, head: Buffer) => Promise<boolean>} options.upgrade false when it did not take it
 */
export function createAppServer({ config, log, handle, upgrade }) {
  const keys = new KeyCheck({ key: config.apiServerKey, port: config.port })
  /** @type {Set<Response>} */
  const openResponses = new Set()
  /** @type {Set<Socket>} upgraded ones, which `server.close` would wait for */
  const openSockets = new Set()

  const server = createServer({
    // A local answer is much faster than Nagle's algorithm.
    noDelay: true,
    // Uploads and commands may take as long as they take; only headers must come soon.
    requestTimeout: 0,
    headersTimeout: 20_000,
    keepAliveTimeout: 60_000,
    maxHeaderSize: MAX_HEADER_BYTES,
  })

  /** @param {Request} request @param {boolean} isUpgrade */
  function check(request, isUpgrade) {
    const { method, headers, rawHeaders, url } = request
    const hasKey = keys.hasKey(headers)
    return (
      checkRequest({ method, headers, rawHeaders, isUpgrade, hasKey }, config) ?? checkTarget(url)
    )
  }

  /** @param {Request} request @param {Response} response */
  async function serve(request, response) {
    const refusal = check(request, false)
    if (refusal) return refuse(response, refusal)
    const pathname = pathnameOf(request.url)
    const isPost = request.method === 'POST'
    if (keys.isOn && isPost && pathname === '/api/login') return logIn(request, response, keys)
    if (keys.isOn && isPost && pathname === '/api/logout') return logOut(response, keys)
    const identity = keys.identify(request.headers)
    if (!identity && !keys.isOpen(pathname)) return refuseUnauthorized(request, response)
    nameCaller(request, identity ?? { key: null, scope: 'read' })
    await handle(request, response)
  }

  /**
   * @param {Request} request
   * @param {Socket} socket
   * @param {Buffer} head
   * @returns {Promise<number>} the status of the answer
   */
  async function serveUpgrade(request, socket, head) {
    const refusal = check(request, true)
    const identity = keys.identify(request.headers)
    if (!refusal && identity) {
      nameCaller(request, identity)
      if (await upgrade(request, socket, head)) return 101
    }
    const reason = refusal ?? (identity ? NO_WEBSOCKET : UNAUTHORIZED)
    refuseSocket(socket, reason, request.headers['x-request-id'])
    return reason.status
  }

  server.on('request', (request, response) => {
    // While it stops, a connection that is still open is as good as refused.
    if (!server.listening) return request.socket.destroy()
    const requestId = receive(request)
    response.setHeader('x-request-id', requestId)
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
    openResponses.add(response)
    response.once('close', () => openResponses.delete(response))
    logRequest(log, request, response)
    serve(request, response).catch((error) => {
      log.error({ err: error, request_id: requestId }, 'request failed')
      if (response.headersSent) response.destroy()
      else refuse(response, INTERNAL)
    })
  })

  server.on('upgrade', (request, socket, head) => {
    if (!server.listening) return socket.destroy()
    const requestId = receive(request)
    openSockets.add(socket)
    socket.once('close', () => openSockets.delete(socket))
    socket.on('error', () => socket.destroy())
    serveUpgrade(request, socket, head).then(
      (status) => logUpgrade(log, request, status),
      (error) => {
        log.error({ err: error, request_id: requestId }, 'upgrade failed')
        socket.destroy()
      },
    )
  })

  server.on('clientError', (error, socket) => {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error)
    // Never into the middle of an answer that is on its way.
    if (/** @type {import('node:net').Socket} */ (socket).bytesWritten > 0) socket.destroy()
    else
      refuseSocket(
        socket,
        code === 'HPE_HEADER_OVERFLOW' ? HEADERS_TOO_LARGE : NOT_HTTP,
        randomUUID(),
      )
  })

  return { server, openResponses, openSockets }
}

/** Gives the request its id, and removes what would imitate us. @param {Request} request */
function receive(request) {
  delete request.headers[CALLER_HEADER]
  const requestId = randomUUID()
  request.headers['x-request-id'] = requestId
  return requestId
}

/** The HTTP server around Next: what happens to every request and upgrade before Next sees it. */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { KeyCheck } from './authorize.mjs'
import { CALLER_HEADER, nameCaller } from './caller.mjs'
import { checkRequest } from './guard.mjs'
import { logIn, logOut, refuseUnauthorized } from './login.mjs'
import { endWithKey, hangUpWithKey, overLimit } from './named-key.mjs'
import { logRequest, logUpgrade } from './request-log.mjs'
import { refuse, refuseSocket } from './responses.mjs'
import { SECURITY_HEADERS } from './security-headers.mjs'
import { checkTarget, pathnameOf } from './target.mjs'

/**
 * @typedef {import('node:http').IncomingMessage} Request
 * @typedef {import('node:http').ServerResponse} Response
 * @typedef {import('node:stream').Duplex} Socket
 * @typedef {import('./responses.mjs').Refusal} Refusal
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
 * @param {(request: Request, socket: Socket, head: Buffer) => Promise<boolean | Refusal>} options.upgrade false when it did not take it, or why it is refused
 * @param {() => Promise<import('../lib/dgx/keys/ring').KeyRing | undefined>} options.ring the named keys, once they are loaded
 */
export function createAppServer({ config, log, handle, upgrade, ring }) {
  const keys = new KeyCheck({ key: config.apiServerKey, port: config.port, ring })
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

  /** @param {Request} request @param {{isUpgrade: boolean, hasKey: boolean}} facts */
  function check({ method, headers, rawHeaders, url }, facts) {
    return checkRequest({ method, headers, rawHeaders, ...facts }, config) ?? checkTarget(url)
  }

  /** @param {Request} request @param {Response} response */
  async function serve(request, response) {
    const refusal = check(request, { isUpgrade: false, hasKey: false })
    if (refusal) return refuse(response, refusal)
    const pathname = pathnameOf(request.url)
    const isPost = request.method === 'POST'
    if (keys.isOn && isPost && pathname === '/api/login') return logIn(request, response, keys)
    if (keys.isOn && isPost && pathname === '/api/logout') return logOut(response, keys)
    if (keys.isOpen(pathname)) {
      nameCaller(request, null)
      return handle(request, response)
    }
    const identity = await keys.identify(request.headers)
    if ('refusal' in identity) return refuseUnauthorized(request, response, identity.refusal)
    const { named } = identity
    const excess = named && overLimit(named)
    if (excess) return refuse(response, excess)
    if (named) endWithKey(named, response)
    nameCaller(request, identity)
    await handle(request, response)
  }

  /**
   * @param {Request} request
   * @param {Socket} socket
   * @param {Buffer} head
   * @returns {Promise<Refusal | null>} null when a WebSocket was opened
   */
  async function serveUpgrade(request, socket, head) {
    const identity = await keys.identify(request.headers)
    const isKnown = !('refusal' in identity)
    const refusal = check(request, { isUpgrade: true, hasKey: isKnown && identity.hasKey })
    if (refusal) return refusal
    if (!isKnown) return identity.refusal
    const { named } = identity
    const excess = named && overLimit(named)
    if (excess) return excess
    nameCaller(request, identity)
    const outcome = await upgrade(request, socket, head)
    if (outcome === false) return NO_WEBSOCKET
    if (outcome !== true) return outcome
    if (named) hangUpWithKey(named, socket)
    return null
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
      (refusal) => {
        if (refusal) refuseSocket(socket, refusal, requestId)
        logUpgrade(log, request, refusal?.status ?? 101)
      },
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

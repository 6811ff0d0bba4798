/**
 * The one process: a loopback HTTP server that looks at every request before Next does, runs the
 * migrations at its start and stops everything at its end.
 */
import { randomUUID } from 'node:crypto'
import { accessSync, constants, mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import next from 'next'
import pino from 'pino'
import { readConfig } from './lib/config.mjs'
import { migrate } from './lib/db/migrate.mjs'
import { KeyCheck } from './server/authorize.mjs'
import { checkRequest } from './server/guard.mjs'
import { logIn, logOut, refuseUnauthorized } from './server/login.mjs'
import { logRequest } from './server/request-log.mjs'
import { sendError } from './server/responses.mjs'
import { shutDownOnSignal } from './server/shutdown.mjs'

const root = import.meta.dirname
const dev = process.env.NODE_ENV === 'development'

/** One clear line for what the person can mend. @param {unknown} problem @returns {never} */
function giveUp(problem) {
  console.error(problem instanceof Error ? problem.message : String(problem))
  process.exit(1)
}

/** @returns {import('./lib/config.mjs').Config} */
function readConfigOrGiveUp() {
  try {
    return readConfig(process.env)
  } catch (error) {
    return giveUp(error)
  }
}

const config = readConfigOrGiveUp()
const log = pino({ level: config.logLevel })

try {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  accessSync(config.dataDir, constants.W_OK)
} catch (error) {
  const { message } = /** @type {Error} */ (error)
  giveUp(
    `DATA_DIR ${config.dataDir} cannot be written (${message}). Make it writable or set DATA_DIR to another folder.`,
  )
}

// A local answer is much faster than Nagle's algorithm.
const server = createServer({
  noDelay: true,
  requestTimeout: 0,
  headersTimeout: 20_000,
  keepAliveTimeout: 60_000,
})

/** Bound before anything slow, so that a taken port is told at once. @returns {Promise<void>} */
function listen() {
  return new Promise((resolve) => {
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      giveUp(
        error.code === 'EADDRINUSE'
          ? `Port ${config.port} is taken. Is the app running already? Stop that program, or start with PORT=${config.port + 1}.`
          : `Cannot listen on ${config.host} port ${config.port}: ${error.message}.`,
      ),
    )
    server.listen(config.port, config.host, resolve)
  })
}

const keys = new KeyCheck({ key: config.apiServerKey, port: config.port })
const rules = { port: config.port, host: config.host, allowedHosts: config.allowedHosts }

/** @type {Set<import('node:http').ServerResponse>} */
const openResponses = new Set()

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => Promise<void>} handle
 */
async function serve(request, response, handle) {
  const requestId = randomUUID()
  request.headers['x-request-id'] = requestId
  response.setHeader('x-request-id', requestId)
  openResponses.add(response)
  response.once('close', () => openResponses.delete(response))
  logRequest(log, request, response, requestId)

  const { headers, rawHeaders, method } = request
  const refusal = checkRequest(
    { method, headers, rawHeaders, isUpgrade: false, hasKey: keys.hasKey(headers) },
    rules,
  )
  if (refusal) return sendError(response, refusal.status, refusal.code, refusal.message)

  const pathname = (request.url ?? '/').split('?')[0] ?? '/'
  if (keys.isOn && method === 'POST' && pathname === '/api/login')
    return logIn(request, response, keys)
  if (keys.isOn && method === 'POST' && pathname === '/api/logout') return logOut(response, keys)
  if (!keys.isAuthorized(headers) && !keys.isOpen(pathname))
    return refuseUnauthorized(request, response)
  if (!isDecodable(pathname)) {
    return sendError(
      response,
      400,
      'invalid_request',
      'The path has a broken escape (%). Encode it as UTF-8.',
    )
  }
  await handle(request, response)
}

/** Next answers 500 to an escape that is none. @param {string} pathname */
function isDecodable(pathname) {
  try {
    decodeURIComponent(pathname)
    return true
  } catch {
    return false
  }
}

/**
 * The runtime belongs to Next's bundles; they share it on globalThis.
 * @returns {{stop(): Promise<void>, upgrade?: (request: import('node:http').IncomingMessage, socket: import('node:stream').Duplex, head: Buffer) => boolean} | undefined}
 */
function runtime() {
  return Reflect.get(globalThis, Symbol.for('dgx.runtime'))
}

await listen()
try {
  const applied = await migrate({ root, url: config.databaseUrl })
  if (applied.length > 0) log.info({ applied }, 'migrations applied')
} catch (error) {
  giveUp(error)
}

const app = next({ dev, dir: root, hostname: config.host, port: config.port })
await app.prepare()
const handle = app.getRequestHandler()
const upgradeInDev = app.getUpgradeHandler()

server.on('request', (request, response) => {
  serve(request, response, (req, res) => handle(req, res)).catch((error) => {
    log.error({ err: error }, 'request failed')
    if (response.headersSent) response.destroy()
    else
      sendError(
        response,
        500,
        'internal',
        'Something broke in this program. Its log has the cause.',
      )
  })
})

server.on('upgrade', (request, socket, head) => {
  const { headers, rawHeaders, method } = request
  socket.on('error', () => socket.destroy())
  const hasKey = keys.hasKey(headers)
  const refusal = checkRequest({ method, headers, rawHeaders, isUpgrade: true, hasKey }, rules)
  if (refusal || !keys.isAuthorized(headers)) {
    socket.end(
      `HTTP/1.1 ${refusal ? '403 Forbidden' : '401 Unauthorized'}\r\nconnection: close\r\n\r\n`,
    )
  } else if (runtime()?.upgrade?.(request, socket, head)) {
    // Taken.
  } else if (dev) {
    void upgradeInDev(request, socket, head)
  } else {
    socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n')
  }
})

server.on('clientError', (_error, socket) => {
  if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
})

process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise failed unheard'))

shutDownOnSignal({
  server,
  openResponses,
  stopRuntime: async () => runtime()?.stop(),
  closeApp: () => app.close(),
  log,
})

const address = config.host.includes(':') ? `[${config.host}]` : config.host
console.log(`
  DGX Command Center is ready: http://${address}:${config.port}${config.demo ? '  (demo: simulated machines)' : ''}
  Data: ${path.relative(process.cwd(), config.dataDir) || config.dataDir}
  Next: open it in a browser and add a machine, or
    curl -X POST http://${address}:${config.port}/api/dgx/connections -d '{"name": "dgx-1", "hostname": "dgx.example.com", "username": "ubuntu"}'
`)

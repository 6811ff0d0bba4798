/**
 * The one process: a loopback HTTP server that looks at every request before Next does, runs the
 * migrations at its start and stops everything at its end.
 */
import { accessSync, constants, mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import next from 'next'
import pino from 'pino'
import { readConfig } from './lib/config.mjs'
import { migrate } from './lib/db/migrate.mjs'
import { createAppServer } from './server/app-server.mjs'
import { listen } from './server/listen.mjs'
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

process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise failed unheard'))
process.on('uncaughtException', (error) => {
  // Nothing is known to be whole any more; what was acknowledged is in the database.
  log.fatal({ err: error }, 'an exception that nothing caught')
  process.exit(1)
})

try {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  accessSync(config.dataDir, constants.W_OK | constants.X_OK)
} catch (error) {
  const { message } = /** @type {Error} */ (error)
  giveUp(
    `DATA_DIR ${config.dataDir} cannot be written (${message}). Make it writable or set DATA_DIR to another folder.`,
  )
}

/**
 * The runtime belongs to Next's bundles; they share it on globalThis.
 * @returns {Pick<import('./lib/dgx/runtime').Runtime, 'stop' | 'upgrade' | 'direct' | 'keys'> | undefined}
 */
function runtime() {
  return Reflect.get(globalThis, Symbol.for('dgx.runtime'))
}

/** @type {(app: ReturnType<typeof next>) => void} */
let announce = () => {}
/** Who calls while Next is starting waits for it. @type {Promise<ReturnType<typeof next>>} */
const whenReady = new Promise((resolve) => {
  announce = resolve
})

/** Next may be ready before `instrumentation.ts` has started the runtime; sockets wait for both. */
const whenRegistered = new Promise((resolve) => {
  Reflect.set(globalThis, Symbol.for('dgx.registered'), resolve)
})

/**
 * Next listens for upgrades on the server that it is given or finds, and hangs up on those that
 * are not its own. This one never listens; it hands on only what is Next's.
 */
const nextUpgrades = createServer()

const { server, openResponses, openSockets } = createAppServer({
  config,
  log,
  ring: async () => {
    await whenRegistered
    return runtime()?.keys
  },
  handle: async (request, response) => {
    const app = await whenReady
    if (!(await runtime()?.direct?.(request, response)))
      await app.getRequestHandler()(request, response)
  },
  upgrade: async (request, socket, head) => {
    await whenReady
    await whenRegistered
    const outcome = runtime()?.upgrade?.(request, socket, head) ?? false
    if (outcome !== false) return outcome
    // Hot reload; in production Next has no WebSocket of its own.
    return dev && nextUpgrades.emit('upgrade', request, socket, head)
  },
})

try {
  // Bound before anything slow, so that a taken port is told at once.
  await listen(server, config)
  const applied = await migrate({ root, url: config.databaseUrl })
  if (applied.length > 0) log.info({ applied }, 'migrations applied')
} catch (error) {
  giveUp(error)
}

const app = next({
  dev,
  dir: root,
  hostname: config.host,
  port: config.port,
  httpServer: nextUpgrades,
})
await app.prepare()
shutDownOnSignal({
  server,
  openResponses,
  openSockets,
  stopRuntime: async () => runtime()?.stop(),
  closeApp: () => app.close(),
  log,
})
announce(app)

const address = config.host.includes(':') ? `[${config.host}]` : config.host
console.log(`
  DGX Command Center is ready: http://${address}:${config.port}${config.demo ? '  (demo: simulated machines)' : ''}
  Data: ${path.relative(process.cwd(), config.dataDir) || config.dataDir}
  Next: open it in a browser and add a machine, or
    curl -X POST http://${address}:${config.port}/api/dgx/connections -d '{"name": "dgx-1", "hostname": "dgx.example.com", "username": "ubuntu"}'
`)

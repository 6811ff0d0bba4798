import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { faultsOfAuditTrail, notesOf } from './audit-trail'
import { freePort } from './testbed/free-port'

export type App = {
  origin: string
  port: number
  dataDir: string
  log(): string
  pid(): number
  /** A call of the API; the path below `/api/dgx`. Strings go out as they are, without a content type. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
  /** Ends the app as a crash would. */
  kill(): Promise<void>
  /** Starts it again on the same data. */
  start(): Promise<void>
  /** Ends it as Ctrl+C does; the exit code. */
  stop(): Promise<number | null>
  /** Its data; fails when the audit trail is not what was asked of the app. */
  remove(): void
}

export type Answer = {
  status: number
  headers: Headers
  // Tests look into answers of every shape.
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is the thing under test.
  body: any
}

const root = path.resolve(import.meta.dirname, '..')

/** The built app on a free port with a data folder of its own. `npm test` has built it. */
export async function startApp(env: Record<string, string> = {}): Promise<App> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'dgx-app-'))
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  let child: ChildProcess
  let exited: Promise<unknown>
  let log = ''
  const killedAt: number[] = []
  // A bench asks for the app as it is served.
  const isNoted = env['DGX_CHECK_ANSWERS'] !== ''
  const preloaded = isNoted ? ['--import', './e2e/note-requests.mjs'] : []

  const start = async () => {
    const events = new EventEmitter()
    let said = ''
    child = spawn(process.execPath, [...preloaded, 'server.mjs'], {
      cwd: root,
      env: {
        ...process.env,
        NODE_ENV: 'production',
        PORT: String(port),
        DATA_DIR: dataDir,
        // An answer that is not as it is described becomes a 500, so that every test looks for it.
        DGX_CHECK_ANSWERS: '1',
        DGX_NOTE_REQUESTS: notesOf(dataDir),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const listen = (chunk: Buffer) => {
      said += chunk.toString()
      log += chunk.toString()
      if (said.includes('is ready:')) events.emit('ready')
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    exited = once(child, 'exit')
    await Promise.race([
      once(events, 'ready'),
      exited.then(() => {
        throw new Error(`the app did not start: ${log}`)
      }),
    ])
  }
  await start()

  return {
    origin,
    port,
    dataDir,
    log: () => log,
    pid: () => child.pid ?? 0,
    call: async (method, apiPath, body, headers = {}) => {
      const response = await fetch(`${origin}/api/dgx/${apiPath}`, {
        method,
        headers,
        ...(body === undefined
          ? {}
          : {
              body:
                typeof body === 'string' ? new TextEncoder().encode(body) : JSON.stringify(body),
            }),
      })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.startsWith('application/json')
      return {
        status: response.status,
        headers: response.headers,
        body: isJson ? JSON.parse(text) : text,
      }
    },
    kill: async () => {
      killedAt.push(Date.now())
      child.kill('SIGKILL')
      await exited
    },
    start,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await exited
      }
      return child.exitCode
    },
    remove: () => {
      const apiKey = env['API_SERVER_KEY']
      const faults = isNoted ? faultsOfAuditTrail({ dataDir, killedAt, apiKey }) : []
      rmSync(dataDir, { recursive: true, force: true })
      assert.deepEqual(faults, [])
    },
  }
}

import type { WebSocket } from 'ws'
import type { Caller } from '../dgx/caller'
import { DgxError, isDgxError } from '../dgx/errors'
import { terminalControl, terminalQuery } from '../dgx/terminal/schema'
import { openTerminal, type Terminal } from '../dgx/terminal/service'
import { log } from '../log'
import { auditedTerminal } from './audited-terminal'
import { OutputWindow } from './output-window'

/** A browser that answered no ping for this long is gone. */
const PING_EVERY_MS = 20_000

/**
 * `/api/dgx/terminal/:id?cols=&rows=`: a login shell. Binary messages are the terminal's bytes,
 * both ways; texts are JSON: `resize` and `ack` from the client, `ready`, then `exit` or `error`
 * from the server, which closes after them. When the socket closes, the shell is hung up.
 */
export function serveTerminal(
  socket: WebSocket,
  {
    id,
    query,
    ...asker
  }: { id: string; query: URLSearchParams; caller: Caller; request_id: string | null },
): void {
  const closed = new AbortController()
  const output = new OutputWindow(socket)
  const opening = open()
  // Its failure is told below; typing ahead must not make it an unheard one.
  opening.catch(() => {})
  endWithPeer(socket)
  socket.once('close', () => {
    closed.abort(new Error('the terminal was closed'))
    output.end()
    opening.then((terminal) => terminal.close()).catch(() => {})
  })
  socket.on('message', (data, isBinary) => {
    // What is typed while the shell is being opened waits for it.
    opening
      .then((terminal) =>
        isBinary ? type(socket, terminal, data as Buffer) : obey(terminal, data),
      )
      .catch((error) => fail(socket, error))
  })
  opening
    .then((terminal) => terminal.ended)
    .then((exit) => {
      say(socket, { type: 'exit', ...exit })
      socket.close(1000)
    })
    .catch((error) => fail(socket, error))

  async function open(): Promise<Terminal> {
    const size = valid(terminalQuery.safeParse(Object.fromEntries(query)))
    const terminal = await auditedTerminal({ id, ...asker }, () =>
      openTerminal({
        id,
        caller: asker.caller,
        ...size,
        signal: closed.signal,
        onOutput: (bytes) => output.send(bytes),
      }),
    )
    say(socket, { type: 'ready' })
    return terminal
  }

  function obey(terminal: Terminal, data: unknown): void {
    const control = valid(terminalControl.safeParse(parseJson(String(data))))
    if (control.type === 'ack') output.acknowledge(control.bytes)
    else terminal.resize(control)
  }
}

/** A shell that does not read makes the socket wait, and so whoever types. */
function type(socket: WebSocket, terminal: Terminal, bytes: Buffer): void {
  const held = terminal.write(bytes)
  if (!held) return
  socket.pause()
  void held.then(() => socket.resume())
}

/** Closes a socket whose browser is gone without a word: asleep, crashed, out of reach. */
function endWithPeer(socket: WebSocket): void {
  let isAlive = true
  socket.on('pong', () => {
    isAlive = true
  })
  const timer = setInterval(() => {
    // A socket that is held back cannot hear the answer.
    if (!isAlive && !socket.isPaused) return socket.terminate()
    isAlive = false
    socket.ping()
  }, PING_EVERY_MS)
  timer.unref()
  socket.once('close', () => clearInterval(timer))
}

function fail(socket: WebSocket, error: unknown): void {
  if (socket.readyState !== socket.OPEN) return
  if (!isDgxError(error)) log.error({ err: error }, 'terminal failed')
  const { code, message } = isDgxError(error)
    ? error
    : new DgxError('internal', 'Something broke in this program. Its log has the cause.')
  say(socket, { type: 'error', code, error: message })
  // 1011: the server could not go on.
  socket.close(1011)
}

function say(socket: WebSocket, message: { type: string } & Record<string, unknown>): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
}

type Parsed<T> =
  | { success: true; data: T }
  | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } }

function valid<T>(parsed: Parsed<T>): T {
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.')
  throw new DgxError(
    'invalid_request',
    `The terminal does not understand this: ${where ? `"${where}" ` : ''}${issue?.message}. Connect with ?cols=80&rows=24; texts are {"type":"resize","cols":80,"rows":24}, what is typed is binary.`,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

import { requireHost } from '../connections/service'
import {
  describeExit,
  type ExecResult,
  exec,
  lostInTheMiddle,
  type OutputStream,
  runCommand,
} from '../ssh/exec'
import { type ExecInput, execInput } from './schema'

/**
 * Runs a command on a machine. One that ran is a success whatever its exit code.
 * @throws DgxError connection_not_found, not_connected, too_busy, connection_lost
 */
export async function executeCommand(
  options: { id: string; signal?: AbortSignal } & Pick<ExecInput, 'command'> & Partial<ExecInput>,
): Promise<ExecResult> {
  const { id, signal, ...input } = options
  const { host } = await requireHost(id)
  return exec(host, execInput.parse(input), signal)
}

/** What a streamed command says, in order: `start`, output, `exit`. */
export type ExecEvent =
  | { type: 'start' }
  | { type: OutputStream; data: string }
  | ({ type: 'exit'; duration_ms: number } & Pick<
      ExecResult,
      'code' | 'signal' | 'timed_out' | 'stdout_bytes' | 'stderr_bytes'
    >)

/** Output held for a slow reader before the remote command is made to wait. */
const MAX_HELD_BYTES = 1024 * 1024

/**
 * Runs a command and yields its output as it comes. Leaving the loop, or the signal, ends the
 * remote process group. Errors as `executeCommand`; those before the first event are thrown by
 * the returned promise.
 */
export async function streamCommand(
  options: { id: string; signal?: AbortSignal } & ExecInput,
): Promise<AsyncGenerator<ExecEvent, void, undefined>> {
  const { id, signal, ...input } = options
  const { host } = await requireHost(id)
  const hangUp = new AbortController()
  const queue = new EventQueue()
  const bytes = { stdout: 0, stderr: 0 }
  // A character that a chunk boundary splits belongs to the next chunk.
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  const run = runCommand(host, input, {
    kind: 'stream',
    onStart: () => void queue.push({ type: 'start' }, 0),
    signal: signal ? AbortSignal.any([signal, hangUp.signal]) : hangUp.signal,
    sink: (stream, chunk) => {
      bytes[stream] += chunk.length
      const data = decoders[stream].decode(chunk, { stream: true })
      return data === '' ? undefined : queue.push({ type: stream, data }, chunk.length)
    },
  }).then(({ exit, duration_ms }) => {
    for (const stream of ['stdout', 'stderr'] as const) {
      const data = decoders[stream].decode()
      if (data !== '') void queue.push({ type: stream, data }, 0)
    }
    const counts = { stdout_bytes: bytes.stdout, stderr_bytes: bytes.stderr }
    if (exit.kind === 'lost') throw lostInTheMiddle(host, { ...counts, duration_ms })
    void queue.push({ type: 'exit', ...describeExit(exit), duration_ms, ...counts }, 0)
    queue.end()
  })
  run.catch((error: unknown) => queue.fail(error))
  await queue.hasFirst

  return (async function* () {
    try {
      yield* queue.events()
    } finally {
      hangUp.abort(new Error('the caller hung up'))
    }
  })()
}

/** Holds a bounded amount of output for its reader. */
class EventQueue {
  /** Settles with the first event: a failure before it is the caller's to answer. */
  readonly hasFirst: Promise<void>
  #settleFirst: (error?: unknown) => void = () => {}
  readonly #items: Array<{ event: ExecEvent; size: number }> = []
  #held = 0
  #isEnded = false
  #error: unknown
  #wakeReader: () => void = () => {}
  #wakeWriter: () => void = () => {}

  constructor() {
    this.hasFirst = new Promise((resolve, reject) => {
      this.#settleFirst = (error) => (error === undefined ? resolve() : reject(error))
    })
  }

  /** A promise when the reader is behind. */
  push(event: ExecEvent, size: number): undefined | Promise<void> {
    this.#items.push({ event, size })
    this.#held += size
    this.#settleFirst()
    this.#wakeReader()
    if (this.#held < MAX_HELD_BYTES) return undefined
    return new Promise((resolve) => {
      this.#wakeWriter = resolve
    })
  }

  end(): void {
    this.#isEnded = true
    this.#wakeReader()
  }

  fail(error: unknown): void {
    this.#error = error
    this.#settleFirst(error)
    this.end()
  }

  async *events(): AsyncGenerator<ExecEvent, void, undefined> {
    for (;;) {
      const item = this.#items.shift()
      if (item) {
        this.#held -= item.size
        if (this.#held < MAX_HELD_BYTES) this.#wakeWriter()
        yield item.event
      } else if (this.#isEnded) {
        if (this.#error !== undefined) throw this.#error
        return
      } else {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve
        })
      }
    }
  }
}

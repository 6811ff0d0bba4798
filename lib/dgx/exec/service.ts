import { requireHost } from '../connections/service'
import { type Asker, allowCommand } from '../safety/gate'
import { describeExit, exec, lostInTheMiddle, runCommand } from '../ssh/exec'
import type { ExecResult } from '../ssh/schema'
import { BoundedQueue } from './bounded-queue'
import { type ExecEvent, type ExecInput, execInput } from './schema'

/**
 * Runs a command on a machine. One that ran is a success whatever its exit code.
 * @throws DgxError connection_not_found, not_connected, too_busy, connection_lost, and as
 *   `allowCommand`
 */
export async function executeCommand(
  options: { id: string } & Asker & Pick<ExecInput, 'command'> & Partial<ExecInput>,
): Promise<ExecResult> {
  const { id, caller, signal, onAllowed, ...input } = options
  const { connection, host } = await requireHost(id)
  await allowCommand({ ...input, machine: connection, caller, signal, onAllowed })
  return exec(host, execInput.parse(input), signal)
}

/** Output held for a slow reader before the remote command is made to wait. */
const MAX_HELD_BYTES = 1024 * 1024

/**
 * Runs a command and yields its output as it comes. Leaving the loop, or the signal, ends the
 * remote process group. Errors as `executeCommand`; those before the first event are thrown by
 * the returned promise.
 */
export async function streamCommand(
  options: { id: string } & Asker & ExecInput,
): Promise<AsyncGenerator<ExecEvent, void, undefined>> {
  const { id, caller, signal, onAllowed, ...input } = options
  const { connection, host } = await requireHost(id)
  await allowCommand({ ...input, machine: connection, caller, signal, onAllowed })
  const hangUp = new AbortController()
  const queue = new BoundedQueue<ExecEvent>(MAX_HELD_BYTES)
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
      yield* queue.items()
    } finally {
      hangUp.abort(new Error('the caller hung up'))
    }
  })()
}

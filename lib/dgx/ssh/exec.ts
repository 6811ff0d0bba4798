import { randomUUID } from 'node:crypto'
import { DgxError } from '../errors'
import { GroupReader } from './group-reader'
import type { CommandChannel, HostPool } from './host-pool'
import { OutputBuffer } from './output-buffer'
import {
  type CommandOptions,
  commandScript,
  killGroupScript,
  remoteCommand,
} from './remote-command'
import type { ExecResult } from './schema'

export type ExecRequest = CommandOptions & {
  stdin?: string | undefined
  timeout_ms: number
  /** Per stream; what is beyond is counted, not kept. */
  max_output_bytes: number
}

/** How a command ended. There is no way to read a loss as a success by accident. */
export type Exit =
  | { kind: 'code'; code: number }
  | { kind: 'signal'; signal: string }
  | { kind: 'timeout' }
  | { kind: 'lost' }

export type OutputStream = 'stdout' | 'stderr'

/** Takes output as it comes; a promise holds the remote command back until it resolves. */
export type OutputSink = (stream: OutputStream, chunk: Buffer) => undefined | Promise<void>

/** TERM, this long to leave, then KILL. */
const KILL_GRACE_S = 5
/** After KILL, how long to wait for the channel before its slot is given up as lost. */
const CLOSE_GRACE_MS = 5_000
const GROUP_WAIT_MS = 2_000
/** sshd hands the command over as one argument; Linux allows 128 KiB for one. */
const MAX_COMMAND_BYTES = 120 * 1024

/**
 * Runs a command and collects its output.
 * @throws DgxError not_connected, too_busy, connection_lost (with the partial result in `data`),
 *   invalid_request for a command that is too long; the signal's reason when the caller hung up
 */
export async function exec(
  host: HostPool,
  request: ExecRequest,
  signal?: AbortSignal,
): Promise<ExecResult> {
  const buffers = {
    stdout: new OutputBuffer(request.max_output_bytes),
    stderr: new OutputBuffer(request.max_output_bytes),
  }
  const { exit, duration_ms } = await runCommand(host, request, {
    kind: 'short',
    signal,
    sink: (stream, chunk) => {
      buffers[stream].push(chunk)
      return undefined
    },
  })
  const result: ExecResult = {
    stdout: buffers.stdout.text(),
    stderr: buffers.stderr.text(),
    ...describeExit(exit),
    duration_ms,
    truncated: buffers.stdout.isTruncated || buffers.stderr.isTruncated,
    stdout_bytes: buffers.stdout.totalBytes,
    stderr_bytes: buffers.stderr.totalBytes,
  }
  if (exit.kind === 'lost') throw lostInTheMiddle(host, result)
  return result
}

export function describeExit(exit: Exit): Pick<ExecResult, 'code' | 'signal' | 'timed_out'> {
  return {
    code: exit.kind === 'code' ? exit.code : null,
    signal: exit.kind === 'signal' ? exit.signal : null,
    timed_out: exit.kind === 'timeout',
  }
}

export function lostInTheMiddle(host: HostPool, data: unknown): DgxError {
  return new DgxError(
    'connection_lost',
    `The connection to ${host.target.hostname} was lost while the command ran, so its end is not known; it may still be running there. Check before running it again.`,
    { data },
  )
}

/**
 * Runs a command and gives its output to `sink` as it comes. Ends the remote process group on
 * timeout and when `signal` aborts.
 */
export async function runCommand(
  host: HostPool,
  request: Omit<ExecRequest, 'max_output_bytes'>,
  options: {
    kind: 'short' | 'stream'
    signal?: AbortSignal | undefined
    sink: OutputSink
    /** The command has its turn and was handed to the machine. */
    onStart?: () => void
  },
): Promise<{ exit: Exit; duration_ms: number }> {
  const marker = randomUUID()
  const text = remoteCommand(commandScript(request, marker))
  if (Buffer.byteLength(text) > MAX_COMMAND_BYTES) {
    throw new DgxError(
      'invalid_request',
      'The command with its env is longer than the remote shell takes in one argument. Send it as stdin to "sh -s" instead.',
      { details: [{ path: 'command', message: `at most about ${MAX_COMMAND_BYTES / 1024} KiB` }] },
    )
  }
  const started = await host.openCommand(text, { kind: options.kind, signal: options.signal })
  options.onStart?.()
  const startedAt = performance.now()
  const exit = await new RunningCommand(host, started, marker, request, options).ended
  return { exit, duration_ms: Math.round(performance.now() - startedAt) }
}

class RunningCommand {
  readonly ended: Promise<Exit>
  readonly #host: HostPool
  readonly #started: CommandChannel
  readonly #group: GroupReader
  readonly #sink: OutputSink
  #resolve: (exit: Exit) => void = () => {}
  #reject: (error: unknown) => void = () => {}
  #isEnding = false
  #markClosed: () => void = () => {}
  readonly #closed = new Promise<void>((resolve) => {
    this.#markClosed = resolve
  })

  constructor(
    host: HostPool,
    started: CommandChannel,
    marker: string,
    request: { stdin?: string | undefined; timeout_ms: number },
    options: { signal?: AbortSignal | undefined; sink: OutputSink },
  ) {
    this.#host = host
    this.#started = started
    this.#sink = options.sink
    this.#group = new GroupReader(marker)
    const { signal } = options

    const timer = setTimeout(() => void this.#end({ kind: 'timeout' }), request.timeout_ms)
    const onAbort = () => void this.#end({ kind: 'aborted', reason: signal?.reason })
    this.ended = new Promise<Exit>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    }).finally(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    })
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#listen()
    if (signal?.aborted) onAbort()
    // Always closed, so that a command that reads stdin does not wait for ever.
    started.channel.end(request.stdin)
  }

  #listen(): void {
    const { channel, release } = this.#started
    channel.on('data', (chunk: Buffer) => this.#give('stdout', chunk))
    // Both streams are drained always: 2 MiB of unread stderr stop the command.
    channel.stderr.on('data', (chunk: Buffer) => {
      const rest = this.#group.read(chunk)
      if (rest.length > 0) this.#give('stderr', rest)
    })
    channel.on('error', () => {})
    channel.once('close', (code?: number | null, name?: string) => {
      const rest = this.#group.finish()
      if (rest.length > 0) this.#give('stderr', rest)
      release()
      this.#markClosed()
      if (this.#isEnding) return
      if (typeof code === 'number') this.#resolve({ kind: 'code', code })
      else if (name) this.#resolve({ kind: 'signal', signal: name.replace(/^SIG/, '') })
      else this.#resolve({ kind: 'lost' })
    })
  }

  #give(stream: OutputStream, chunk: Buffer): void {
    const held = this.#sink(stream, chunk)
    // Nobody reads any more when the command is being ended: held, its channel would never close.
    if (!held || this.#isEnding) return
    const { channel } = this.#started
    channel.pause()
    channel.stderr.pause()
    const resume = () => {
      channel.resume()
      channel.stderr.resume()
    }
    held.then(resume, resume)
  }

  /** Ends the remote process group, then answers, even when the channel will not close. */
  async #end(why: { kind: 'timeout' } | { kind: 'aborted'; reason: unknown }): Promise<void> {
    if (this.#isEnding) return
    this.#isEnding = true
    const { channel } = this.#started
    // A paused reader would never see the end.
    channel.resume()
    channel.stderr.resume()
    const group = await withTimeout(this.#group.found, GROUP_WAIT_MS)
    if (group) {
      await withTimeout(
        Promise.all([this.#closed, killGroup(this.#host, group)]),
        KILL_GRACE_S * 1_000 + CLOSE_GRACE_MS,
      )
    }
    // A process in a session of its own may hold the channel; its slot stays taken until it goes.
    channel.close()
    if (why.kind === 'timeout') this.#resolve(why)
    else this.#reject(why.reason)
  }
}

async function killGroup(host: HostPool, group: number): Promise<void> {
  const command = remoteCommand(killGroupScript(group, KILL_GRACE_S))
  try {
    const channel = await host.openReserved(command)
    await new Promise<void>((resolve) => {
      channel.once('close', () => resolve())
      channel.on('error', () => {})
      channel.resume()
      channel.stderr.resume()
      channel.end()
    })
  } catch {
    // Without a connection there is nobody to tell; sshd ends what it can.
  }
}

function withTimeout<T>(promise: Promise<T>, timeoutMs: number): Promise<T | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), timeoutMs)
    promise.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      () => {
        clearTimeout(timer)
        resolve(null)
      },
    )
  })
}

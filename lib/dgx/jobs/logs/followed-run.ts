import { DgxError, isDgxError } from '../../errors'
import type { HostPool } from '../../ssh/host-pool'
import type { SshPool } from '../../ssh/pool'
import { AWAY_WAIT_MS, type LogReader, PIECE_BYTES } from './log-reader'
import { readFiles } from './remote-files'
import { type LogPosition, openRemoteTail } from './remote-tail'
import { connectedHost, findLogRun, type LogRun, logGone, logPath } from './run'
import { LOG_STREAMS, type LogStream } from './schema'
import { Alarm, Condition } from './waiting'
import { LogWindow } from './window'

const WINDOW_BYTES = 1024 * 1024
/** So far behind may the foremost reader be before the machine is made to wait. */
const MOST_AHEAD_BYTES = WINDOW_BYTES / 2
const OLD_PIECE_BYTES = 256 * 1024
/** Further behind, one who wants the newest gets it. */
const MOST_BEHIND_BYTES = 8 * 1024 * 1024
const SLOT_WAIT_MS = 3_000
/** How often the end, a deleted folder and a cut file are looked for; changes of the job come at once. */
const CHECK_EVERY_MS = 5_000
const POLL_EVERY_MS = 500
/** So long the rest of a run that has ended is waited for; one that may go on is waited for always. */
const MOST_AWAY_MS = 60_000

const AWAY: ReadonlySet<string> = new Set(['not_connected', 'connection_lost', 'ssh_timeout'])

/**
 * One run whose logs are followed, by any number of readers over one channel. It goes on by offset
 * after a lost connection, until the run has ended or the last reader is gone.
 */
export class FollowedRun {
  readonly #readers = new Set<LogReader>()
  readonly #windows: Record<LogStream, LogWindow>
  readonly #stopping = new AbortController()
  readonly #mayTail: (host: HostPool) => (() => void) | null
  readonly #hosts: SshPool
  readonly #alarm = new Alarm()
  /** A reader has got on, or is gone. */
  readonly #progress = new Condition()
  #run: LogRun
  #isPlaced = false
  /** A window was put elsewhere, so the channel has to begin anew there. */
  #hasMoved = false

  /** Null until something was asked of the machine. */
  isReachable: boolean | null = null
  /** Where both files end, once the run has. */
  final: LogPosition | null = null
  error: unknown = null

  /**
   * @param options.mayTail gives a place for a channel of its own, or null; then it asks again and again
   */
  constructor(options: {
    run: LogRun
    hosts: SshPool
    mayTail: (host: HostPool) => (() => void) | null
  }) {
    this.#hosts = options.hosts
    this.#run = options.run
    this.#mayTail = options.mayTail
    const window = () => new LogWindow({ limitBytes: WINDOW_BYTES, at: 0 })
    this.#windows = { stdout: window(), stderr: window() }
  }

  get run(): LogRun {
    return this.#run
  }

  get readerCount(): number {
    return this.#readers.size
  }

  window(stream: LogStream): LogWindow {
    return this.#windows[stream]
  }

  start(): void {
    void this.#keep(this.#stopping.signal)
      .catch((error: unknown) => {
        this.error = error
      })
      .finally(() => this.#wakeAll())
  }

  /** It was stopped, or its end was told: whoever comes now needs another one. */
  get hasStopped(): boolean {
    return this.#stopping.signal.aborted || this.error !== null || this.final !== null
  }

  stop(): void {
    this.#stopping.abort(new Error('nobody reads this log any more'))
    this.#alarm.ring()
  }

  /** The job has changed: look now. */
  look(): void {
    this.#alarm.ring()
  }

  add(reader: LogReader): void {
    this.#readers.add(reader)
  }

  remove(reader: LogReader): void {
    this.#readers.delete(reader)
    this.#progress.notifyAll()
  }

  /** A reader has got on: a machine that waits may write again. */
  moved(): void {
    this.#progress.notifyAll()
  }

  /** Older bytes than the window has, from the file; null while the machine is away. */
  async readOld(stream: LogStream, from: number, to: number): Promise<Buffer | null> {
    const host = connectedHost(this.#hosts, this.#run.connection_id)
    if (!host) return null
    try {
      const [part] = await readFiles(
        host,
        [
          {
            path: logPath(this.#run, stream),
            from,
            max_bytes: Math.min(OLD_PIECE_BYTES, to - from),
          },
        ],
        this.#stopping.signal,
      )
      if (part?.state !== 'there') throw logGone(this.#run)
      return part.bytes
    } catch (error) {
      if (isDgxError(error) && AWAY.has(error.code)) return null
      throw error
    }
  }

  async #keep(signal: AbortSignal): Promise<void> {
    let awaySince: number | null = null
    while (!signal.aborted) {
      const { job_id, attempt } = this.#run
      this.#run = await findLogRun({ id: job_id, attempt })
      const host = connectedHost(this.#hosts, this.#run.connection_id)
      if (!host) {
        this.#setReachable(false)
        awaySince ??= performance.now()
        if (this.#run.has_ended && performance.now() - awaySince > MOST_AWAY_MS)
          throw machineAway(this.#run)
        await this.#alarm.wait(AWAY_WAIT_MS)
        continue
      }
      awaySince = null
      try {
        const sizes = await this.#sizes(host)
        this.#setReachable(true)
        if (sizes && this.#run.has_ended) {
          this.final = sizes
          return
        }
        if (sizes) await this.#follow(host)
        else await this.#alarm.wait(AWAY_WAIT_MS)
      } catch (error) {
        if (signal.aborted) return
        if (!isDgxError(error) || !AWAY.has(error.code)) throw error
        this.#setReachable(connectedHost(this.#hosts, this.#run.connection_id) !== null)
        await this.#alarm.wait(AWAY_WAIT_MS)
      }
    }
  }

  /** Sizes of both files, and the windows in their places. Null while the run has no folder yet. */
  async #sizes(host: HostPool): Promise<LogPosition | null> {
    // What comes while the sizes are asked for may be more than they say.
    const known = { stdout: this.#windows.stdout.end, stderr: this.#windows.stderr.end }
    const parts = await readFiles(
      host,
      LOG_STREAMS.map((name) => ({ path: logPath(this.#run, name), from: 0, max_bytes: 0 })),
      this.#stopping.signal,
    )
    if (parts.some((part) => part.state === 'gone')) {
      if (this.#run.is_starting) return null
      throw logGone(this.#run)
    }
    const sizes = { stdout: 0, stderr: 0 }
    for (const [i, name] of LOG_STREAMS.entries()) {
      const part = parts[i]
      if (part?.state === 'there') sizes[name] = part.size
      const window = this.#windows[name]
      if (!this.#isPlaced) window.reset(this.#firstOffset(name, sizes[name]))
      // The file was cut: what comes is no continuation.
      else if (sizes[name] < known[name]) this.#moveTo(name, sizes[name])
      else if (sizes[name] - known[name] > MOST_BEHIND_BYTES && this.#allSkip())
        this.#moveTo(name, sizes[name] - PIECE_BYTES)
    }
    this.#isPlaced = true
    return sizes
  }

  /** Where the first reader is, unless that is long ago. */
  #firstOffset(stream: LogStream, size: number): number {
    const places = [...this.#readers].flatMap((reader) => reader.placeIn(stream) ?? [])
    return Math.min(size, Math.max(Math.min(size, ...places), size - PIECE_BYTES))
  }

  #allSkip(): boolean {
    return [...this.#readers].every((reader) => reader.skips)
  }

  #moveTo(stream: LogStream, offset: number): void {
    this.#hasMoved = true
    this.#windows[stream].reset(offset)
    for (const reader of this.#readers) reader.moveTo(stream, offset)
  }

  /** Takes what is written until the connection is lost or it is time to look around again. */
  async #follow(host: HostPool): Promise<void> {
    this.#hasMoved = false
    const giveBack = this.#mayTail(host)
    if (!giveBack) return this.#poll(host)
    const turn = new AbortController()
    const signal = AbortSignal.any([this.#stopping.signal, turn.signal])
    try {
      const opened = await this.#open(host, signal)
      if (!opened) return await this.#poll(host)
      let isClosed = false
      const closed = opened.closed.then(() => {
        isClosed = true
        this.#alarm.ring()
      })
      try {
        while (!isClosed && !signal.aborted) {
          await this.#alarm.wait(CHECK_EVERY_MS)
          if (isClosed || signal.aborted) return
          this.#run = await findLogRun({ id: this.#run.job_id, attempt: this.#run.attempt })
          if (this.#run.has_ended) return
          if (!(await this.#sizes(host)) || this.#hasMoved) return
        }
      } finally {
        turn.abort()
        this.#progress.notifyAll()
        await closed
      }
    } finally {
      giveBack()
    }
  }

  async #open(host: HostPool, signal: AbortSignal) {
    const slotWait = AbortSignal.timeout(SLOT_WAIT_MS)
    const { stdout, stderr } = this.#windows
    try {
      return await openRemoteTail({
        host,
        run: this.#run,
        from: { stdout: stdout.end, stderr: stderr.end },
        onBytes: (stream, bytes) => this.#take(stream, bytes),
        openSignal: AbortSignal.any([signal, slotWait]),
        signal,
      })
    } catch (error) {
      const isFull = slotWait.aborted || (isDgxError(error) && error.code === 'too_busy')
      if (isFull && !signal.aborted) return null
      throw error
    }
  }

  /** Without a channel of its own: asks for what is new again and again, for a while. */
  async #poll(host: HostPool): Promise<void> {
    for (let left = CHECK_EVERY_MS / POLL_EVERY_MS; left > 0; left -= 1) {
      const parts = await readFiles(
        host,
        LOG_STREAMS.map((name) => ({
          path: logPath(this.#run, name),
          from: this.#windows[name].end,
          max_bytes: OLD_PIECE_BYTES,
        })),
        this.#stopping.signal,
      )
      const held = LOG_STREAMS.map((name, i) => {
        const part = parts[i]
        return part?.state === 'there' ? this.#take(name, part.bytes) : undefined
      })
      await Promise.all(held)
      const isBehind = parts.some(
        (part) => part.state === 'there' && part.offset + part.bytes.length < part.size,
      )
      if (!isBehind && (await this.#alarm.wait(POLL_EVERY_MS)) === 'rung') return
    }
  }

  #take(stream: LogStream, bytes: Buffer): undefined | Promise<void> {
    if (bytes.length === 0) return undefined
    this.#windows[stream].push(bytes)
    this.#wakeAll()
    return this.#isAhead(stream) ? this.#untilReadersGetOn(stream) : undefined
  }

  async #untilReadersGetOn(stream: LogStream): Promise<void> {
    while (this.#isAhead(stream)) await this.#progress.wait()
  }

  #isAhead(stream: LogStream): boolean {
    const places = [...this.#readers].flatMap((reader) => reader.placeIn(stream) ?? [])
    if (places.length === 0 || this.#stopping.signal.aborted) return false
    return this.#windows[stream].end - Math.max(...places) > MOST_AHEAD_BYTES
  }

  #setReachable(isReachable: boolean): void {
    if (this.isReachable === isReachable) return
    this.isReachable = isReachable
    this.#wakeAll()
  }

  #wakeAll(): void {
    for (const reader of this.#readers) reader.wake()
  }
}

function machineAway(run: LogRun): DgxError {
  return new DgxError(
    'not_connected',
    `"${run.job_name}" has ended, and its machine is away with the rest of its log. Read it with GET /api/dgx/jobs/${run.job_id}/logs once the machine is connected.`,
  )
}

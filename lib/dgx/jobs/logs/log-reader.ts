import type { FollowedRun } from './followed-run'
import type { LogPosition } from './remote-tail'
import type { LogRun } from './run'
import { LOG_STREAMS, type LogStream } from './schema'

/** What a reader of a followed run is given, in order. */
export type FollowEvent =
  | { type: 'bytes'; stream: LogStream; offset: number; bytes: Buffer }
  | { type: 'reachable'; reachable: boolean }
  /** The run has ended and everything it wrote was given. */
  | { type: 'ended'; run: LogRun }

/** Of one event. */
export const PIECE_BYTES = 64 * 1024
/** How often a machine that is away is looked for. */
export const AWAY_WAIT_MS = 300

/** One who follows a run, at a place of its own in each stream that it wants. */
export class LogReader {
  readonly #followed: FollowedRun
  readonly #places: Partial<LogPosition>
  readonly #onClose: (reader: LogReader) => void
  readonly skips: boolean
  #order: readonly LogStream[] = LOG_STREAMS
  #toldReachable: boolean
  #isClosed = false
  /** Something came since it was looked for. */
  #isStale = false
  #wake: () => void = () => {}

  constructor(options: {
    followed: FollowedRun
    /** Where to go on in each stream that is wanted. */
    places: Partial<LogPosition>
    isReachable: boolean
    /** When too much comes it wants the newest. */
    skips: boolean
    onClose: (reader: LogReader) => void
  }) {
    this.#followed = options.followed
    this.#places = { ...options.places }
    this.#toldReachable = options.isReachable
    this.skips = options.skips
    this.#onClose = options.onClose
  }

  placeIn(stream: LogStream): number | undefined {
    return this.#places[stream]
  }

  moveTo(stream: LogStream, offset: number): void {
    if (this.#places[stream] !== undefined) this.#places[stream] = offset
  }

  wake(): void {
    this.#isStale = true
    this.#wake()
  }

  /**
   * The next thing; `idle` when nothing came for so long; null once closed. One caller at a time.
   * @throws DgxError log_gone, job_not_found, and what else ended the following
   */
  async next(idleMs: number): Promise<FollowEvent | 'idle' | null> {
    const deadline = performance.now() + idleMs
    for (;;) {
      this.#isStale = false
      const event = this.#isClosed ? null : await this.#take()
      if (event || this.#isClosed) return event
      if (this.#isStale) continue
      // After the end nobody wakes it: what is left is asked for again while the machine is away.
      const leftMs = deadline - performance.now()
      if (!(await this.#woken(this.#followed.final ? Math.min(leftMs, AWAY_WAIT_MS) : leftMs)))
        if (performance.now() >= deadline) return 'idle'
    }
  }

  async #woken(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const isWoken = await new Promise<boolean>((resolve) => {
      this.#wake = () => resolve(true)
      timer = setTimeout(() => resolve(false), ms)
    })
    clearTimeout(timer)
    this.#wake = () => {}
    return isWoken
  }

  async #take(): Promise<FollowEvent | null> {
    const followed = this.#followed
    const { isReachable, final } = followed
    if (isReachable !== null && isReachable !== this.#toldReachable) {
      this.#toldReachable = isReachable
      return { type: 'reachable', reachable: isReachable }
    }
    // In turns: a flood on one stream must not hide the other.
    for (const stream of this.#order) {
      const place = this.#places[stream]
      if (place === undefined || isReachable === null) continue
      const bytes = await this.#bytesFrom(stream, place)
      // It may have been moved while older bytes were read.
      if (!bytes || bytes.length === 0 || this.#places[stream] !== place) continue
      this.#places[stream] = place + bytes.length
      this.#order = LOG_STREAMS.toSorted((a, b) => Number(a === stream) - Number(b === stream))
      followed.moved()
      return { type: 'bytes', stream, offset: place, bytes }
    }
    if (followed.error !== null) throw followed.error
    const isAll =
      final && LOG_STREAMS.every((stream) => (this.#places[stream] ?? Infinity) >= final[stream])
    return isAll ? { type: 'ended', run: followed.run } : null
  }

  async #bytesFrom(stream: LogStream, place: number): Promise<Buffer | null> {
    const { start, end } = this.#followed.window(stream)
    if (place >= start && place < end) {
      return this.#followed.window(stream).slice(place, PIECE_BYTES)
    }
    const to = place < start ? start : (this.#followed.final?.[stream] ?? 0)
    return place < to ? this.#followed.readOld(stream, place, to) : null
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#followed.remove(this)
    this.#wake()
    this.#onClose(this)
  }
}

import type { ApiError } from '../../api'
import type { LogEvent } from '../../live/live-store'
import { LogFailure, type LogRun, READ_BYTES, readBytes, readTails } from './log-source'
import {
  appendText,
  type LogStream,
  type LogText,
  linesOf,
  NO_TEXT,
  nearest,
  prependLines,
  trim,
} from './log-text'

export type LogMode = 'both' | LogStream

/** What is shown of a log. */
export type LogState = {
  mode: LogMode
  text: LogText
  /** Of one stream: where the text begins and ends in the file, and how long the file is; bytes. */
  start: number
  end: number
  size: number
  isLoading: boolean
  /** From what was kept in the app, because the machine is away. */
  isFromCache: boolean
  /** The machine is away while the log is followed. */
  isAway: boolean
  /** Nothing more will come. */
  hasEnded: boolean
  failure: ApiError | null
}

const FIRST: LogState = {
  mode: 'both',
  text: NO_TEXT,
  start: 0,
  end: 0,
  size: 0,
  isLoading: true,
  isFromCache: false,
  isAway: false,
  hasEnded: false,
  failure: null,
}

/** Drawing each piece of a busy log would keep the page from answering. */
const DRAW_EVERY_MS = 80
/** Before the line that is gone to, so that it stands in its context. */
const CONTEXT_BYTES = 24 * 1024

type Piece = Extract<LogEvent, { type: 'job_log' }>

/**
 * A window on the log of one run, of constant size however long the log is. Of both streams it has
 * the end, one after the other, because their order is not stored; of one any part of the file. It goes on with what
 * is added while the window is at the end.
 */
export class LogReader {
  readonly #run: LogRun
  readonly #listeners = new Set<() => void>()
  #state = FIRST
  #caller = new AbortController()
  #waiting: Piece[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Keeps following with the newest lines; else the window stays where it is read. */
  #isFollowing = true
  /** Up to where each stream is shown where both are. */
  #ends: Record<LogStream, number> = { stdout: 0, stderr: 0 }
  #isOver = false

  constructor(run: LogRun) {
    this.#run = run
  }

  get state(): LogState {
    return this.#state
  }

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Begins anew at the end of a log. */
  async open(mode: LogMode): Promise<void> {
    const signal = this.#restart()
    this.#isFollowing = true
    this.#set({ ...FIRST, mode, hasEnded: this.#isOver })
    if (mode === 'both') await this.#readTails(signal)
    else await this.#readEnd(mode, signal)
    if (!signal.aborted && this.#waiting.length > 0) this.#draw()
  }

  /** Ends all that it does; `open` begins again. */
  close(): void {
    this.#restart()
  }

  /** Takes what is told of the log while it is followed. */
  readonly take = (event: LogEvent): void => {
    if (event.attempt !== this.#run.attempt) return
    if (event.type === 'job_log_state') {
      const { reachable, ended, error } = event
      const failure = error && { code: error.code, error: error.message }
      this.#set({ isAway: !reachable, hasEnded: ended, ...(failure ? { failure } : {}) })
      return
    }
    this.#waiting.push(event)
    this.#timer ??= setTimeout(() => this.#draw(), DRAW_EVERY_MS)
  }

  /** The run is over: what it wrote last is read, and nothing more will come. */
  async finish(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    this.#set({ hasEnded: true })
    if (this.#isFollowing && !this.#state.isLoading) await this.open(this.#state.mode)
  }

  /** Whether the page stands at the end, where new lines push out the oldest. */
  follow(isFollowing: boolean): void {
    this.#isFollowing = isFollowing
  }

  /** Shows the part of one stream around a place in its file; the id of the line there. */
  async goTo(stream: LogStream, offset: number): Promise<number | null> {
    const isHere = this.#state.mode === stream
    const signal = isHere ? this.#caller.signal : this.#restart()
    this.#isFollowing = false
    if (!isHere) this.#set({ ...FIRST, mode: stream, hasEnded: this.#state.hasEnded })
    const from = Math.max(0, offset - CONTEXT_BYTES)
    const read = await this.#read(stream, { offset: from, bytes: READ_BYTES }, signal)
    if (!read) return null
    const at = read.lines.findLastIndex((line) => line.offset <= offset)
    const part = nearest(read, at)
    this.#set({ text: prependLines(NO_TEXT, part.lines), start: part.start, end: part.end })
    this.#finishAtEnd(stream, { ...part, nextOffset: read.nextOffset })
    return this.#state.text.lines.findLast((line) => line.offset <= offset)?.id ?? null
  }

  async readEarlier(): Promise<void> {
    const { mode, start, isLoading } = this.#state
    if (mode === 'both' || start === 0 || isLoading) return
    const from = Math.max(0, start - READ_BYTES)
    const read = await this.#read(mode, { offset: from, bytes: start - from }, this.#caller.signal)
    if (!read || this.#state.start !== start) return
    const part = nearest(read, 'last')
    // Within a line that is longer than what is read at once.
    if (part.lines.length === 0) {
      this.#set({ start: from })
      return this.readEarlier()
    }
    const { text, end } = this.#state
    const grown = prependLines(text, part.lines)
    const next = trim(grown, 'end')
    const after = grown.lines[next.lines.length]
    this.#set({ text: next, start: part.start, end: after ? after.offset : end })
  }

  async readLater(): Promise<void> {
    const { mode, end, size, isLoading } = this.#state
    if (mode === 'both' || end >= size || isLoading) return
    const read = await this.#read(mode, { offset: end, bytes: READ_BYTES }, this.#caller.signal)
    if (!read || this.#state.end !== end) return
    const part = nearest(read, 'first')
    let { text } = this.#state
    for (const { offset, text: line } of part.lines)
      text = appendText(text, { stream: mode, offset, text: `${line}\n` })
    text = trim(text, 'start')
    this.#set({ text, start: text.lines[0]?.offset ?? this.#state.start, end: part.end })
    this.#finishAtEnd(mode, { ...part, nextOffset: read.nextOffset })
  }

  async #readEnd(stream: LogStream, signal: AbortSignal): Promise<void> {
    const read = await this.#read(stream, 'end', signal)
    if (!read) return
    this.#set({ text: prependLines(NO_TEXT, read.lines), start: read.start, end: read.end })
    this.#finishAtEnd(stream, read)
  }

  /** The last line of a file may have no end; it is shown all the same. */
  #finishAtEnd(stream: LogStream, read: { rest: string; nextOffset: number; end: number }): void {
    if (read.rest === '' || read.nextOffset < this.#state.size) return
    const { text } = this.#state
    this.#set({
      text: appendText(text, { stream, offset: read.end, text: read.rest }),
      end: read.nextOffset,
    })
  }

  async #read(
    stream: LogStream,
    at: { offset: number; bytes: number } | 'end',
    signal: AbortSignal,
  ) {
    this.#set({ isLoading: true })
    try {
      const read = await readBytes(this.#run, stream, at)
      if (signal.aborted) return null
      this.#set({
        size: Math.max(read.size, this.#state.size),
        isFromCache: !read.isReachable,
        failure: null,
      })
      // A tail begins with a line; so does the window's own end.
      const isLineStart =
        read.offset === 0 || (at !== 'end' && read.offset === this.#state.end && at.offset > 0)
      return { ...linesOf(read.bytes, { stream, offset: read.offset, isLineStart }), ...read }
    } catch (error) {
      if (!signal.aborted) this.#fail(error)
      return null
    } finally {
      if (!signal.aborted) this.#set({ isLoading: false })
    }
  }

  async #readTails(signal: AbortSignal): Promise<void> {
    try {
      const { stdout, stderr, from_cache, ended } = await readTails(this.#run)
      if (signal.aborted) return
      let text = NO_TEXT
      for (const [stream, part] of [
        ['stdout', stdout],
        ['stderr', stderr],
      ] as const) {
        this.#ends[stream] = part?.next_offset ?? 0
        if (part?.text) text = appendText(text, { stream, offset: part.offset, text: part.text })
      }
      this.#set({ text, isFromCache: from_cache, hasEnded: ended, failure: null })
    } catch (error) {
      if (!signal.aborted) this.#fail(error)
    } finally {
      if (!signal.aborted) this.#set({ isLoading: false })
    }
  }

  #draw(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    // What comes while the beginning is read is drawn after it.
    if (this.#state.isLoading) return
    const pieces = this.#waiting
    this.#waiting = []
    if (pieces.length === 0) return
    const { mode } = this.#state
    if (mode === 'both') this.#drawBoth(pieces)
    else
      this.#drawOne(
        mode,
        pieces.filter(({ stream }) => stream === mode),
      )
  }

  #drawBoth(pieces: readonly Piece[]): void {
    let { text } = this.#state
    for (const piece of pieces) {
      const { stream, next_offset } = piece
      const end = this.#ends[stream]
      if (next_offset <= end) continue
      // More came than could be sent; the line that is open has lost its end.
      if (piece.offset > end) text = { ...text, open: { ...text.open, [stream]: null } }
      text = appendText(text, { stream, offset: piece.offset, text: after(piece, end) })
      this.#ends[stream] = next_offset
    }
    this.#set({ text: this.#isFollowing ? trim(text, 'start') : text })
  }

  /** Elsewhere in the file it is read when somebody gets there. */
  #drawOne(mode: LogStream, pieces: readonly Piece[]): void {
    let { text, end, size } = this.#state
    let isGap = false
    for (const piece of pieces) {
      const { next_offset } = piece
      size = Math.max(size, next_offset)
      if (!this.#isFollowing || next_offset <= end) continue
      isGap ||= piece.offset > end
      if (isGap) continue
      text = appendText(text, { stream: mode, offset: piece.offset, text: after(piece, end) })
      end = next_offset
    }
    text = this.#isFollowing ? trim(text, 'start') : text
    this.#set({ text, start: text.lines[0]?.offset ?? this.#state.start, end, size })
    if (isGap) void this.open(mode)
  }

  #fail(error: unknown): void {
    const failure =
      error instanceof LogFailure
        ? error.failure
        : { code: 'offline', error: 'The app does not answer. The log goes on when it does.' }
    this.#set({ failure, isLoading: false })
  }

  #restart(): AbortSignal {
    this.#caller.abort()
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waiting = []
    this.#caller = new AbortController()
    return this.#caller.signal
  }

  #set(changes: Partial<LogState>): void {
    this.#state = { ...this.#state, ...changes }
    for (const listener of this.#listeners) listener()
  }
}

/** What of a piece is behind `end`, bytes. A progress bar's piece may be shorter than what it stands for. */
function after({ text, offset, next_offset }: Piece, end: number): string {
  if (offset >= end) return text
  const bytes = new TextEncoder().encode(text)
  if (bytes.length !== next_offset - offset) return text
  return new TextDecoder().decode(bytes.subarray(end - offset))
}

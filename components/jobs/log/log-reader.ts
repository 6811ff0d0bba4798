import type { ApiError } from '../../api'
import { followLog, LogFailure, type LogRun, READ_BYTES, readBytes } from './log-source'
import {
  appendText,
  type LogStream,
  type LogText,
  linesOf,
  NO_TEXT,
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
const AGAIN_AFTER_MS = 2_000
/** Before the line that is gone to, so that it stands in its context. */
const CONTEXT_BYTES = 24 * 1024

type Piece = { stream: LogStream; offset: number; next: number; text: string }

/**
 * A window on the log of one run, of constant size however long the log is. Of both streams it has
 * the end, in the order in which it came; of one stream any part of the file. It goes on with what
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
    this.#set({ ...FIRST, mode })
    if (mode !== 'both') await this.#readEnd(mode, signal)
    if (!signal.aborted) void this.#follow(mode, signal)
  }

  /** Ends all that it does; `open` begins again. */
  close(): void {
    this.#restart()
  }

  /** Whether the page stands at the end, where new lines push out the oldest. */
  follow(isFollowing: boolean): void {
    this.#isFollowing = isFollowing
  }

  /** Shows the part of one stream around a place in its file; the id of the line there. */
  async goTo(stream: LogStream, offset: number): Promise<number | null> {
    const signal = this.#state.mode === stream ? this.#caller.signal : this.#restart()
    this.#isFollowing = false
    if (this.#state.mode !== stream) this.#set({ ...FIRST, mode: stream })
    const from = Math.max(0, offset - CONTEXT_BYTES)
    const read = await this.#read(stream, { offset: from, bytes: READ_BYTES }, signal)
    if (!read) return null
    this.#set({ text: prependLines(NO_TEXT, read.lines), start: read.start, end: read.end })
    if (this.#caller.signal === signal) this.#finishAtEnd(stream, read)
    return this.#state.text.lines.findLast((line) => line.offset <= offset)?.id ?? null
  }

  async readEarlier(): Promise<void> {
    const { mode, start, isLoading } = this.#state
    if (mode === 'both' || start === 0 || isLoading) return
    const from = Math.max(0, start - READ_BYTES)
    const read = await this.#read(mode, { offset: from, bytes: start - from }, this.#caller.signal)
    if (!read || this.#state.start !== start) return
    const { text } = this.#state
    const next = trim(prependLines(text, read.lines), 'end')
    const isCut = next.lines.length < text.lines.length + read.lines.length
    const last = next.lines.at(-1)
    const end = isCut && last ? endOf(text, last.id) : this.#state.end
    this.#set({ text: next, start: read.lines.length > 0 ? read.start : from, end })
  }

  async readLater(): Promise<void> {
    const { mode, end, size, isLoading } = this.#state
    if (mode === 'both' || end >= size || isLoading) return
    const read = await this.#read(mode, { offset: end, bytes: READ_BYTES }, this.#caller.signal)
    if (!read || this.#state.end !== end) return
    let { text } = this.#state
    const ended = read.lines.map((line) => `${line.text}\n`).join('')
    if (ended === '' && read.rest === '') return
    for (const line of read.lines)
      text = appendText(text, { stream: mode, offset: line.offset, text: `${line.text}\n` })
    text = trim(text, 'start')
    this.#set({ text, start: text.lines[0]?.offset ?? this.#state.start, end: read.end })
    this.#finishAtEnd(mode, read)
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

  async #follow(mode: LogMode, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Anew of both, because their order is only known as they come.
      if (mode === 'both') this.#set({ text: NO_TEXT })
      const from = mode === 'both' ? mode : { stream: mode, offset: this.#state.size }
      try {
        for await (const event of followLog(this.#run, from, signal)) {
          if (event.type === 'start')
            this.#set({
              isLoading: false,
              failure: null,
              isAway: false,
              isFromCache: event.from_cache,
            })
          else if (event.type === 'reachable') this.#set({ isAway: !event.reachable })
          else if (event.type === 'log') {
            const { stream, offset, next_offset: next, text } = event
            this.#take({ stream, offset, next, text })
          } else if (event.type === 'end') {
            this.#draw()
            this.#set({ hasEnded: true, isLoading: false, isAway: false })
            return
          }
        }
      } catch (error) {
        if (signal.aborted) return
        this.#fail(error)
        if (error instanceof LogFailure) return
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS))
    }
  }

  #take(piece: Piece): void {
    this.#waiting.push(piece)
    this.#timer ??= setTimeout(() => this.#draw(), DRAW_EVERY_MS)
  }

  #draw(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const pieces = this.#waiting
    this.#waiting = []
    if (pieces.length === 0) return
    let { text, start, end, size } = this.#state
    const { mode } = this.#state
    for (const piece of pieces) {
      if (mode !== 'both') {
        size = Math.max(size, piece.next)
        // Elsewhere in the file it is read when somebody gets there.
        if (!this.#isFollowing || piece.offset !== end) continue
        end = piece.next
      }
      text = appendText(text, piece)
    }
    if (this.#isFollowing) text = trim(text, 'start')
    if (mode !== 'both') start = text.lines[0]?.offset ?? start
    this.#set({ text, start, end, size })
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

/** Where a line that is still held ends: where the next one begins. */
function endOf(text: LogText, id: number): number {
  const at = text.lines.findIndex((line) => line.id === id)
  return text.lines[at + 1]?.offset ?? text.lines[at]?.offset ?? 0
}

import { brokenStart, type TextOptions, textOf } from './text'

export type TextPiece = { text: string; offset: number; next_offset: number }

/** Turns the bytes of one stream, as they come, into text; what is cut in two waits for its rest. */
export class PieceReader {
  readonly #options: TextOptions & { isTail: boolean }
  #held: Buffer = Buffer.alloc(0)
  /** Where `#held` ends; null before the first bytes. */
  #end: number | null = null
  #isLineStart = true

  /** @param options.isTail the first bytes begin where nobody asked for, e.g. inside a character */
  constructor(options: TextOptions & { isTail: boolean }) {
    this.#options = options
  }

  /** Null when these bytes are no whole character yet. */
  read(bytes: Buffer, offset: number): TextPiece | null {
    let start = offset
    let fresh = bytes
    if (this.#end !== offset) {
      const isFirst = this.#end === null
      this.#held = Buffer.alloc(0)
      this.#isLineStart = offset === 0 || (isFirst && this.#options.isTail)
      const skipped = offset > 0 && (!isFirst || this.#options.isTail) ? brokenStart(bytes) : 0
      fresh = bytes.subarray(skipped)
      start += skipped
    }
    const all = this.#held.length > 0 ? Buffer.concat([this.#held, fresh]) : fresh
    start -= this.#held.length
    this.#end = start + all.length
    return this.#take(all, start, false)
  }

  /** Nothing more will come. */
  finish(): TextPiece | null {
    const held = this.#held
    this.#held = Buffer.alloc(0)
    return this.#take(held, (this.#end ?? 0) - held.length, true)
  }

  #take(bytes: Buffer, offset: number, isEnd: boolean): TextPiece | null {
    const isLineStart = this.#isLineStart
    const { text, usedBytes } = textOf(bytes, { ...this.#options, isEnd, isLineStart })
    this.#held = Buffer.from(bytes.subarray(usedBytes))
    if (usedBytes === 0) return null
    this.#isLineStart = bytes[usedBytes - 1] === 10
    return { text, offset, next_offset: offset + usedBytes }
  }
}

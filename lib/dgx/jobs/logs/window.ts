/** The newest bytes of a file that grows; what is older is forgotten. */
export class LogWindow {
  readonly #limit: number
  #chunks: Buffer[] = []
  start: number
  end: number

  constructor(options: { limitBytes: number; at: number }) {
    this.#limit = options.limitBytes
    this.start = options.at
    this.end = options.at
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.end += chunk.length
    for (;;) {
      const [first] = this.#chunks
      if (!first || this.end - this.start - first.length < this.#limit) return
      this.#chunks.shift()
      this.start += first.length
    }
  }

  /** From an offset inside the window, at most so many bytes. */
  slice(from: number, mostBytes: number): Buffer {
    const parts: Buffer[] = []
    let at = this.start
    let left = mostBytes
    for (const chunk of this.#chunks) {
      const end = at + chunk.length
      if (end > from && left > 0) {
        const part = chunk.subarray(Math.max(0, from - at)).subarray(0, left)
        parts.push(part)
        left -= part.length
      }
      at = end
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
  }

  /** Forgets everything and goes on at an offset. */
  reset(at: number): void {
    this.#chunks = []
    this.start = at
    this.end = at
  }
}

/**
 * Keeps the first and the last half of what it is given, so that a flood costs bounded memory
 * and both the beginning and the end of an output can be read.
 */
export class OutputBuffer {
  readonly #headLimit: number
  readonly #tailLimit: number
  readonly #head: Buffer[] = []
  #headBytes = 0
  #tail: Buffer[] = []
  #tailBytes = 0
  /** Everything that was given, kept or not. */
  totalBytes = 0

  constructor(maxBytes: number) {
    this.#headLimit = Math.ceil(maxBytes / 2)
    this.#tailLimit = Math.floor(maxBytes / 2)
  }

  push(chunk: Buffer): void {
    this.totalBytes += chunk.length
    const room = this.#headLimit - this.#headBytes
    if (room > 0) {
      const part = chunk.subarray(0, room)
      this.#head.push(part)
      this.#headBytes += part.length
    }
    const rest = room > 0 ? chunk.subarray(room) : chunk
    if (rest.length === 0) return
    this.#tail.push(rest)
    this.#tailBytes += rest.length
    // Compact seldom: a copy per chunk would be quadratic.
    if (this.#tailBytes > 2 * this.#tailLimit + 65_536) this.#compact()
  }

  get isTruncated(): boolean {
    return this.totalBytes > this.#headLimit + this.#tailLimit
  }

  /** UTF-8 text; bytes that are none become U+FFFD. A cut is marked with what it left out. */
  text(): string {
    this.#compact()
    if (!this.isTruncated) return Buffer.concat([...this.#head, ...this.#tail]).toString('utf8')
    const omitted = this.totalBytes - this.#headBytes - this.#tailBytes
    const head = withoutBrokenEnd(Buffer.concat(this.#head)).toString('utf8')
    const tail = withoutBrokenStart(Buffer.concat(this.#tail)).toString('utf8')
    return `${head}\n[... ${omitted} bytes left out ...]\n${tail}`
  }

  #compact(): void {
    if (this.#tailBytes <= this.#tailLimit) return
    // A copy, so that the large chunk that the tail was cut from can go.
    const all = Buffer.concat(this.#tail)
    this.#tail = [Buffer.from(all.subarray(all.length - this.#tailLimit))]
    this.#tailBytes = this.#tailLimit
  }
}

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80

/** Drops a character that the cut split. */
function withoutBrokenEnd(bytes: Buffer): Buffer {
  let start = bytes.length - 1
  while (start > bytes.length - 4 && isContinuation(bytes[start])) start -= 1
  const lead = bytes[start] ?? 0
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
  return start + length > bytes.length ? bytes.subarray(0, start) : bytes
}

function withoutBrokenStart(bytes: Buffer): Buffer {
  let start = 0
  while (start < 3 && isContinuation(bytes[start])) start += 1
  return bytes.subarray(start)
}

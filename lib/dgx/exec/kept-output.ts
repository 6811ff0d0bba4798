/** Of each stream; what comes after it pushes the oldest out. */
const MOST_KEPT_BYTES = 1024 * 1024
const HEAD_BYTES = 4 * 1024

/** Keeps the beginning and the newest part of an output, to be read by offset while it grows. */
export class KeptOutput {
  #head = Buffer.alloc(0)
  #chunks: Buffer[] = []
  #chunkBytes = 0
  /** Everything that came, kept or not. */
  totalBytes = 0

  push(chunk: Buffer): void {
    if (this.#head.length < HEAD_BYTES) {
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, HEAD_BYTES - this.#head.length)])
    }
    this.totalBytes += chunk.length
    this.#chunks.push(chunk)
    this.#chunkBytes += chunk.length
    // Compact seldom: a copy per chunk would be quadratic.
    if (this.#chunkBytes > 2 * MOST_KEPT_BYTES) this.#compact()
  }

  /**
   * Text from an offset on. Where that is not kept any more, it begins at what is.
   * @returns where the text begins and where to go on, in bytes
   */
  read(from: number, mostBytes: number): { text: string; offset: number; next_offset: number } {
    const kept = this.#compact()
    const first = this.totalBytes - kept.length
    const offset = Math.min(Math.max(from, first), this.totalBytes)
    const bytes = kept.subarray(offset - first, offset - first + mostBytes)
    const whole = wholeText(bytes, offset + bytes.length === this.totalBytes)
    return { text: whole.toString('utf8'), offset, next_offset: offset + whole.length }
  }

  /** All of it, or its beginning and its end with a line that says how much is left out. */
  excerpt(mostBytes: number): string {
    if (this.totalBytes <= mostBytes) return this.read(0, mostBytes).text
    const headBytes = Math.min(Math.ceil(mostBytes / 3), HEAD_BYTES)
    const head = wholeText(this.#head.subarray(0, headBytes), false)
    const from = this.totalBytes - (mostBytes - headBytes)
    const tail = this.read(from, mostBytes).text.replace(/^\uFFFD+/, '')
    return `${head.toString('utf8')}\n[... ${from - head.length} bytes left out ...]\n${tail}`
  }

  #compact(): Buffer {
    const all = Buffer.concat(this.#chunks)
    // A copy, so that the large one that it was cut from can go.
    const kept = all.length > MOST_KEPT_BYTES ? Buffer.from(all.subarray(-MOST_KEPT_BYTES)) : all
    this.#chunks = [kept]
    this.#chunkBytes = kept.length
    return kept
  }
}

/** Without a character that the cut at its end split; at the end of the output there is no cut. */
function wholeText(bytes: Buffer, isEnd: boolean): Buffer {
  if (isEnd) return bytes
  let start = bytes.length - 1
  while (start > bytes.length - 4 && start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1
  const lead = bytes[start] ?? 0
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
  return start > 0 && start + length > bytes.length ? bytes.subarray(0, start) : bytes
}

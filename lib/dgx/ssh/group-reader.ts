/** Takes the line `@marker PGID` out of stderr, wherever shell start-up noise has pushed it. */
export class GroupReader {
  readonly found: Promise<number | null>
  readonly #marker: Buffer
  #resolve: (group: number | null) => void = () => {}
  #pending: Buffer | null = Buffer.alloc(0)

  constructor(marker: string) {
    this.#marker = Buffer.from(`@${marker} `)
    this.found = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  /** What of the chunk is the command's own. */
  read(chunk: Buffer): Buffer {
    if (this.#pending === null) return chunk
    const bytes = Buffer.concat([this.#pending, chunk])
    const at = bytes.indexOf(this.#marker)
    const end = at < 0 ? -1 : bytes.indexOf('\n', at)
    if (end >= 0) {
      this.#pending = null
      this.#resolve(
        Number.parseInt(bytes.subarray(at + this.#marker.length, end).toString(), 10) || null,
      )
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end + 1)])
    }
    // Keep what may be the beginning of the line; give the rest on.
    const keep = at >= 0 ? at : Math.max(0, bytes.length - this.#marker.length)
    this.#pending = Buffer.from(bytes.subarray(keep))
    return bytes.subarray(0, keep)
  }

  /** No marker will come any more: what was held back is output after all. */
  finish(): Buffer {
    this.#resolve(null)
    const rest = this.#pending ?? Buffer.alloc(0)
    this.#pending = null
    return rest
  }
}

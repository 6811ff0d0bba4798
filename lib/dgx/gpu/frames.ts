/**
 * Cuts the sampler script's output into frames while it arrives. The lines that delimit carry a
 * random marker, so that nothing a program prints on the other side can be taken for one.
 */

/** A part of a frame: `@<marker> section <name> <args...>` and the lines up to the next marker. */
export type Section = { name: string; args: string[]; lines: string[] }

export type Frame = {
  /** Counts the frames of one run of the script, from 1. */
  seq: number
  sections: ReadonlyMap<string, Section>
}

/** A frame of 16 GPUs and 200 processes has some 100 KB. */
const MAX_FRAME_CHARS = 4 * 1024 * 1024
const MAX_NOISE_CHARS = 4096

const ESCAPE = '\u001b'
/** Terminal control sequences, as a shell's start-up files may print them into a pipe. */
const ANSI = new RegExp(
  `${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${ESCAPE}\\u0007]*(?:\\u0007|${ESCAPE}\\\\)|[@-Z\\\\-_])`,
  'g',
)

type OpenFrame = {
  seq: number
  sections: Map<string, Section>
  section: Section | null
  size: number
}

export class FrameReader {
  /** Frames given up so far: too large, or cut short by the begin of the next. */
  dropped = 0
  /** The last text outside of frames (a greeting, "sh: not found"): why no frame comes. */
  noise = ''

  readonly #prefix: string
  readonly #maxChars: number
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  /** The start of a line whose end has not arrived; null once it is too long to keep. */
  #partial: string | null = ''
  #open: OpenFrame | null = null

  constructor(marker: string, options: { maxFrameChars?: number } = {}) {
    this.#prefix = `@${marker} `
    this.#maxChars = options.maxFrameChars ?? MAX_FRAME_CHARS
  }

  /** Takes the next bytes, cut anywhere, and gives the frames they complete, oldest first. */
  push(chunk: Uint8Array | string): Frame[] {
    const text = typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true })
    const frames: Frame[] = []
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const frame = this.#takeLine(text.slice(start, end))
      if (frame !== null) frames.push(frame)
      start = end + 1
    }
    this.#keepPartial(text.slice(start))
    return frames
  }

  #keepPartial(rest: string): void {
    if (this.#partial === null) return
    this.#partial += rest
    if (this.#partial.length > this.#maxChars) this.#partial = null
  }

  #takeLine(end: string): Frame | null {
    const raw = this.#partial === null ? null : this.#partial + end
    this.#partial = ''
    if (raw === null || raw.length > this.#maxChars) {
      if (this.#open !== null) this.#grow(this.#open, Number.POSITIVE_INFINITY)
      return null
    }
    const line = cleanLine(raw)
    if (this.#open !== null) this.#grow(this.#open, line.length + 1)
    if (line.startsWith(this.#prefix)) return this.#takeMarker(line.slice(this.#prefix.length))
    this.#takeContent(line)
    return null
  }

  #takeMarker(text: string): Frame | null {
    const [verb, name = '', ...args] = text.split(' ')
    if (verb === 'begin') {
      if (this.#open !== null) this.dropped++
      this.#open = { seq: Number(name) || 0, sections: new Map(), section: null, size: 0 }
    } else if (verb === 'section' && this.#open !== null && this.#open.size <= this.#maxChars) {
      this.#open.section = { name, args, lines: [] }
      this.#open.sections.set(name, this.#open.section)
    } else if (verb === 'end' && this.#open !== null) {
      const { seq, sections, size } = this.#open
      this.#open = null
      if (size <= this.#maxChars) return { seq, sections }
      this.dropped++
    }
    return null
  }

  #takeContent(line: string): void {
    const open = this.#open
    if (open === null) {
      if (line !== '') this.noise = `${this.noise}${line}\n`.slice(-MAX_NOISE_CHARS)
      return
    }
    if (line !== '') open.section?.lines.push(line)
  }

  /** Counts a line, and lets go of everything once the frame is too large. */
  #grow(open: OpenFrame, chars: number): void {
    open.size += chars
    if (open.size <= this.#maxChars) return
    open.sections.clear()
    open.section = null
  }
}

function cleanLine(raw: string): string {
  let end = raw.length
  while (end > 0 && raw.charCodeAt(end - 1) === 13) end--
  const line = end === raw.length ? raw : raw.slice(0, end)
  return line.includes(ESCAPE) ? line.replace(ANSI, '') : line
}

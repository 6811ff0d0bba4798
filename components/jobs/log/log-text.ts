/** The part of a log that a page holds: whole lines with their places in the file. Pure. */

export type LogStream = 'stdout' | 'stderr'

/** `id` counts on through what is held, also downwards; `offset` is where it begins in its file. */
export type LogLine = { id: number; stream: LogStream; offset: number; text: string }

type OpenLine = { offset: number; text: string }

export type LogText = {
  lines: readonly LogLine[]
  /** The last line of each stream while its end has not come. */
  open: Readonly<Record<LogStream, OpenLine | null>>
}

export const NO_TEXT: LogText = { lines: [], open: { stdout: null, stderr: null } }

/** Enough to scroll through, few enough to be drawn at once; a log of any length costs this. */
export const MOST_LINES = 3_000
/** Dropped together, so that it happens seldom. */
const SPARE_LINES = 500
/** A line that never ends must not fill the memory. */
const LONGEST_OPEN = 64 * 1024

const encoder = new TextEncoder()
const byteLength = (text: string): number => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is one byte each.
  return /^[\x00-\x7f]*$/.test(text) ? text.length : encoder.encode(text).length
}

/** What a line that was redrawn with `\r` shows at last. */
export function foldLine(text: string): string {
  if (!text.includes('\r')) return text
  return text.split('\r').findLast((part) => part !== '') ?? ''
}

/** Adds what came of a stream at its end. */
export function appendText(
  before: LogText,
  piece: { stream: LogStream; offset: number; text: string },
): LogText {
  const { stream } = piece
  const open = before.open[stream]
  const parts = ((open?.text ?? '') + piece.text).split('\n')
  const rest = parts.pop() ?? ''
  let offset = open ? open.offset : piece.offset
  let id = (before.lines.at(-1)?.id ?? -1) + 1
  const added = parts.map((text) => {
    const line = { id, stream, offset, text: foldLine(text) }
    id += 1
    offset += byteLength(text) + 1
    return line
  })
  const isLong = rest.length > LONGEST_OPEN || rest.includes('\r')
  const kept = isLong
    ? `${foldLine(rest).slice(-LONGEST_OPEN)}${/\r$/.test(rest) ? '\r' : ''}`
    : rest
  return {
    lines: added.length > 0 ? [...before.lines, ...added] : before.lines,
    open: { ...before.open, [stream]: rest === '' ? null : { offset, text: kept } },
  }
}

/** Adds lines of the same stream in front. */
export function prependLines(before: LogText, lines: readonly Omit<LogLine, 'id'>[]): LogText {
  const first = before.lines[0]?.id ?? 0
  const added = lines.map((line, i) => ({ ...line, id: first - lines.length + i }))
  return { ...before, lines: [...added, ...before.lines] }
}

/** Drops lines from one side where there are too many. */
export function trim(text: LogText, side: 'start' | 'end'): LogText {
  const surplus = text.lines.length - MOST_LINES
  if (surplus <= 0) return text
  const drop = surplus + SPARE_LINES
  if (side === 'start') return { ...text, lines: text.lines.slice(drop) }
  return { lines: text.lines.slice(0, -drop), open: NO_TEXT.open }
}

export type Part = { lines: Omit<LogLine, 'id'>[]; start: number; end: number; rest: string }

/** Less than the window, so that what is in sight stays in it when a part is added. */
const MOST_ADDED = 1_000

/** Of a part of very short lines those that are nearest: its first, its last, or those around one. */
export function nearest(part: Part, at: 'first' | 'last' | number): Part {
  const { lines } = part
  if (lines.length <= MOST_ADDED) return part
  const wanted = { first: 0, last: lines.length - MOST_ADDED }
  const from = typeof at === 'string' ? wanted[at] : Math.max(0, Math.floor(at - MOST_ADDED / 2))
  const to = from + MOST_ADDED
  const after = lines[to]
  return {
    lines: lines.slice(from, to),
    start: lines[from]?.offset ?? part.start,
    end: after?.offset ?? part.end,
    rest: after ? '' : part.rest,
  }
}

/**
 * The lines of a piece of a file. A piece from the middle begins within a line, which is left out;
 * so is one whose end is missing, unless it is all there is.
 * @returns `start`, `end`: where the lines begin and end in the file; what is after `end` is `rest`
 */
export function linesOf(
  bytes: Uint8Array,
  options: { stream: LogStream; offset: number; isLineStart: boolean },
): Part {
  const { stream, offset, isLineStart } = options
  const decoder = new TextDecoder()
  let from = 0
  if (!isLineStart) {
    const newline = bytes.indexOf(0x0a)
    // One line longer than the piece is shown from its middle.
    from = newline === -1 ? 0 : newline + 1
  }
  const start = offset + from
  const lines: Omit<LogLine, 'id'>[] = []
  for (;;) {
    const newline = bytes.indexOf(0x0a, from)
    if (newline === -1) break
    const text = foldLine(decoder.decode(bytes.subarray(from, newline)))
    lines.push({ stream, offset: offset + from, text })
    from = newline + 1
  }
  return { lines, start, end: offset + from, rest: decoder.decode(bytes.subarray(from)) }
}

/** Turns the bytes of a log into text a piece at a time, so that the pieces put together are right. */

/** How a log is shown as text. */
export type TextOptions = {
  /** `strip` takes terminal escape sequences out. */
  ansi: 'keep' | 'strip'
  /** `fold` leaves of a line that was redrawn with `\r` (progress bars) what it showed last. */
  progress: 'keep' | 'fold'
}

/** An escape sequence that is longer is none that any terminal knows. */
const LONGEST_ESCAPE_BYTES = 256

// CSI, OSC and other strings (ended by BEL or ESC \), and the two- and three-character ones.
const ANSI =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]+[0-~]|[0-OQ-WYZ\\`-~])/g

export const stripAnsi = (text: string): string => text.replace(ANSI, '')

/**
 * Of every line that was redrawn keeps what it showed last. A piece that begins in the middle of a
 * line and redraws it begins with `\r`; a `\r` at its end is kept too, because what follows decides.
 */
export function foldProgress(text: string, options: { isLineStart: boolean }): string {
  if (!text.includes('\r')) return text
  const lines = text.split('\n')
  return lines
    .map((line, index) => {
      if (!line.includes('\r')) return line
      const shown = line.split('\r').findLast((part) => part !== '') ?? ''
      const isLast = index === lines.length - 1
      const before = index === 0 && !options.isLineStart && /\r[^\r]/.test(line) ? '\r' : ''
      return `${before}${shown}${isLast && line.endsWith('\r') ? '\r' : ''}`
    })
    .join('\n')
}

/**
 * Text of a piece of a log. What its end has only the beginning of (a character, an escape
 * sequence) is left for the next piece, unless nothing more will come.
 * @returns `usedBytes`: how many bytes the text stands for
 */
export function textOf(
  bytes: Buffer,
  options: TextOptions & { isEnd: boolean; isLineStart: boolean },
): { text: string; usedBytes: number } {
  const whole = options.isEnd ? bytes : bytes.subarray(0, wholeCharacters(bytes))
  const held = options.isEnd || options.ansi === 'keep' ? 0 : brokenEscapeLength(whole)
  const used = whole.subarray(0, whole.length - held)
  let text = used.toString('utf8')
  if (options.ansi === 'strip') text = stripAnsi(text)
  if (options.progress === 'fold') text = foldProgress(text, options)
  return { text, usedBytes: used.length }
}

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80

/** How many bytes a text has before a character whose rest is missing; bytes that are no UTF-8 count. */
export function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const at = bytes.length - back
    const lead = bytes[at] ?? 0
    if (isContinuation(lead)) continue
    const needs = lead >= 0xf5 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1
    return needs > back && isPossibleSecond(lead, bytes[at + 1]) ? at : bytes.length
  }
  return bytes.length
}

/** Some second bytes make a sequence wrong at once; then it is no beginning of anything. */
function isPossibleSecond(lead: number, second: number | undefined): boolean {
  if (second === undefined) return true
  if (lead === 0xe0) return second >= 0xa0
  if (lead === 0xed) return second <= 0x9f
  if (lead === 0xf0) return second >= 0x90
  if (lead === 0xf4) return second <= 0x8f
  return true
}

/** The beginning of an escape sequence at the end of a text. */
const BROKEN_ANSI =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)$/

function brokenEscapeLength(bytes: Buffer): number {
  const end = bytes.subarray(Math.max(0, bytes.length - LONGEST_ESCAPE_BYTES)).toString('latin1')
  return BROKEN_ANSI.exec(end)?.[0].length ?? 0
}

/** The number of bytes at the start that end a character begun before. */
export function brokenStart(bytes: Buffer): number {
  let start = 0
  while (start < 3 && isContinuation(bytes[start])) start += 1
  return start
}

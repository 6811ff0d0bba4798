/** How a stretch of terminal text looks. Colours are the terminal's 0 to 15, or any as `#rrggbb`. */
export type AnsiStyle = {
  colour: number | string | null
  background: number | string | null
  isBold: boolean
  isDim: boolean
  isItalic: boolean
  isUnderlined: boolean
  isInverse: boolean
}
export type AnsiSpan = { text: string; style: AnsiStyle | null }

const PLAIN: AnsiStyle = {
  colour: null,
  background: null,
  isBold: false,
  isDim: false,
  isItalic: false,
  isUnderlined: false,
  isInverse: false,
}

const ESCAPE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /\x1b(?:\[([0-?]*)[ -/]*([@-~])|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|[ -/]*[0-~]?)/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: they would be drawn as boxes.
const INVISIBLE = /[\x00-\x08\x0b-\x1f\x7f]/g

/**
 * The spans of one line: what its colour sequences say, and nothing of any other sequence. Only
 * text comes out, so that whatever a log holds stays text. Pure.
 */
export function parseAnsi(line: string): AnsiSpan[] {
  if (!line.includes('\x1b')) return [{ text: line.replace(INVISIBLE, ''), style: null }]
  const spans: AnsiSpan[] = []
  let style = PLAIN
  let from = 0
  const push = (to: number) => {
    const text = line.slice(from, to).replace(INVISIBLE, '')
    if (text) spans.push({ text, style: style === PLAIN ? null : style })
  }
  for (const match of line.matchAll(ESCAPE)) {
    push(match.index)
    from = match.index + match[0].length
    if (match[2] === 'm') style = applySgr(style, match[1] ?? '')
  }
  push(line.length)
  return spans
}

/** What is left of a line without its escape sequences. */
export const plainText = (line: string): string =>
  parseAnsi(line)
    .map(({ text }) => text)
    .join('')

function applySgr(before: AnsiStyle, parameters: string): AnsiStyle {
  const codes = parameters.split(/[;:]/).map(Number)
  let style = before
  for (let i = 0; i < codes.length; i += 1) {
    const code = codes[i] ?? 0
    if (code === 38 || code === 48) {
      const { colour, used } = extendedColour(codes.slice(i + 1))
      style = { ...style, [code === 38 ? 'colour' : 'background']: colour }
      i += used
    } else style = applyCode(style, code)
  }
  return style
}

function applyCode(style: AnsiStyle, code: number): AnsiStyle {
  if (code >= 30 && code <= 37) return { ...style, colour: code - 30 }
  if (code >= 90 && code <= 97) return { ...style, colour: code - 82 }
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 }
  if (code >= 100 && code <= 107) return { ...style, background: code - 92 }
  switch (code) {
    case 0:
      return PLAIN
    case 1:
      return { ...style, isBold: true }
    case 2:
      return { ...style, isDim: true }
    case 3:
      return { ...style, isItalic: true }
    case 4:
      return { ...style, isUnderlined: true }
    case 7:
      return { ...style, isInverse: true }
    case 22:
      return { ...style, isBold: false, isDim: false }
    case 23:
      return { ...style, isItalic: false }
    case 24:
      return { ...style, isUnderlined: false }
    case 27:
      return { ...style, isInverse: false }
    case 39:
      return { ...style, colour: null }
    case 49:
      return { ...style, background: null }
    default:
      return style
  }
}

/** `5;n` of the 256 colours, or `2;r;g;b`; how many numbers that took. */
function extendedColour(rest: number[]): { colour: number | string | null; used: number } {
  const [kind, ...values] = rest
  const byte = (value: number | undefined) => Math.min(255, Math.max(0, Math.trunc(value || 0)))
  if (kind === 2) return { colour: hex(values.slice(0, 3).map(byte)), used: 4 }
  if (kind !== 5) return { colour: null, used: rest.length }
  const index = byte(values[0])
  if (index < 16) return { colour: index, used: 2 }
  if (index >= 232) return { colour: hex(Array(3).fill(8 + (index - 232) * 10)), used: 2 }
  const cube = index - 16
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40)
  const parts = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6]
  return { colour: hex(parts.map(level)), used: 2 }
}

const hex = (parts: number[]): string =>
  `#${[0, 1, 2].map((i) => (parts[i] ?? 0).toString(16).padStart(2, '0')).join('')}`

import { maskJson } from './mask'

/** Of one entry; a command of a few lines is kept whole. */
const MOST_BYTES = 4096
/** What is not looked at cannot be kept: a command may be megabytes long. */
const LONGEST_READ = 16 * 1024
/** Of one list or object; more would not fit. */
const MOST_ITEMS = 500
/** Longer texts are cut, and more of them the less room there is. */
const LENGTHS = [3000, 1000, 300, 80, 20]

/** What was sent, without its secrets and short enough to be kept. */
export function detailOf(sent: Record<string, unknown>): Record<string, unknown> {
  const masked = maskJson(eachText(sent, forReading)) as Record<string, unknown>
  for (const length of LENGTHS) {
    const short = eachText(masked, (text) => cut(text, length)) as Record<string, unknown>
    if (Buffer.byteLength(JSON.stringify(short)) <= MOST_BYTES) return short
  }
  const fields = Object.keys(sent).map((name) => cut(name, 40))
  return { fields: fields.slice(0, 40), left_out: 'It is larger than an entry may be.' }
}

/** The beginning, up to a space: half of a secret might not be known for one. */
function forReading(text: string): string {
  if (text.length <= LONGEST_READ) return text
  const start = text.slice(0, LONGEST_READ)
  const end = Math.max(start.lastIndexOf(' '), start.lastIndexOf('\n'), 0)
  return `${start.slice(0, end)}… (${text.length} characters)`
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text
  return `${text.slice(0, length).toWellFormed()}… (${text.length} characters)`
}

function eachText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => eachText(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MOST_ITEMS)
      .map(([name, inner]) => [name, eachText(inner, change)]),
  )
}

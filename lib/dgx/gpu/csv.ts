import type { NullReason } from './types'

/**
 * Cells and rows of `nvidia-smi --format=csv,noheader,nounits`. There is no quoting in that
 * format and the order of the fields asked for is the only key, so a row is checked by its count.
 */

/** A state of the GPU that nvidia-smi prints in place of a value. */
export type FaultToken = 'gpu_lost' | 'gpu_requires_reset' | 'gpu_unknown_error'

/** What a cell says when it holds no value. */
export type NotAValue = { reason: NullReason; fault: FaultToken | null }

const ABSENT: NotAValue = { reason: 'absent', fault: null }
const LOST: NotAValue = { reason: 'fault', fault: 'gpu_lost' }
const RESET: NotAValue = { reason: 'fault', fault: 'gpu_requires_reset' }
const UNKNOWN_ERROR: NotAValue = { reason: 'fault', fault: 'gpu_unknown_error' }

/** Without brackets, lower case: one row can hold both `[N/A]` and `N/A`. */
const TOKENS: ReadonlyMap<string, NotAValue> = new Map([
  ['', ABSENT],
  ['-', ABSENT],
  ['n/a', ABSENT],
  ['not supported', ABSENT],
  ['not found', ABSENT],
  ['not available', ABSENT],
  ['insufficient permissions', ABSENT],
  ['requested functionality has been deprecated', ABSENT],
  ['unknown error', UNKNOWN_ERROR],
  ['err!', UNKNOWN_ERROR],
  ['gpu is lost', LOST],
  ['gpu requires reset', RESET],
])

const DIGIT_0 = 48
const DIGIT_9 = 57
const BRACKET = 91

/** What a trimmed cell says in place of a value; null when it holds one. */
export function notAValue(cell: string): NotAValue | null {
  const first = cell.charCodeAt(0)
  if (first >= DIGIT_0 && first <= DIGIT_9) return null
  const isBracketed = first === BRACKET && cell.endsWith(']')
  const token = (isBracketed ? cell.slice(1, -1).trim() : cell).toLowerCase()
  const known = TOKENS.get(token)
  if (known !== undefined) return known
  if (!isBracketed) return null
  // A phrase of a driver that we have not met: only words of failure make it a fault.
  return /error|lost|reset|fail/.test(token) ? UNKNOWN_ERROR : ABSENT
}

/** Units appear when a driver ignores `nounits`. */
const WITH_UNIT = /^(-?\d+(?:\.\d+)?)\s*(?:%|MiB|W|MHz|C)$/

/** The finite number of a trimmed cell (decimal or 0x...), null for any other text. */
export function cellNumber(cell: string): number | null {
  const number = cell === '' ? Number.NaN : Number(cell)
  if (Number.isFinite(number)) return number
  const withUnit = WITH_UNIT.exec(cell)
  return withUnit?.[1] === undefined ? null : Number(withUnit[1])
}

/**
 * The cells of a row of `count` fields, trimmed. Commas too many belong to the field at
 * `freeIndex` (a name), the only one whose text is not the driver's own. Null when the row does
 * not have that many fields.
 */
export function splitRow(line: string, count: number, freeIndex: number): string[] | null {
  const cells = line.split(',')
  const extra = cells.length - count
  if (extra < 0 || (extra > 0 && freeIndex < 0)) return null
  if (extra > 0) {
    const free = cells.slice(freeIndex, freeIndex + extra + 1).join(',')
    cells.splice(freeIndex, extra + 1, free)
  }
  for (let i = 0; i < cells.length; i++) cells[i] = (cells[i] ?? '').trim()
  return cells
}

const BUS_ID = /([0-9a-f]{4,8}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-9a-f])/i

/**
 * The PCI bus id in a text in nvidia-smi's form, `00000000:41:00.0`; null when there is none.
 * Messages print four digits of domain where queries print eight.
 */
export function findBusId(text: string): string | null {
  const match = BUS_ID.exec(text)
  if (match === null) return null
  const [, domain = '', bus, device, fn] = match
  return `${domain.padStart(8, '0')}:${bus}:${device}.${fn}`.toUpperCase()
}

const CONTROL = /\p{Cc}/gu

/** Text of the remote side made safe to show: no control characters, at most `limit` characters. */
export function printable(text: string, limit: number): string {
  const short = text.length > limit ? `${text.slice(0, limit)}…` : text
  return short.replace(CONTROL, ' ').trim()
}

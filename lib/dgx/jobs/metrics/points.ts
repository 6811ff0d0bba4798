/** One moment of a run: numbers under their names. */
export type MetricPoint = {
  step: number | null
  /** When it was measured; null: when it was read. */
  at: Date | null
  /** Given by who sends it, so that sending it again adds nothing. */
  log_id: string | null
  metrics: Record<string, number>
}

/** Longer names are nobody's metric; MLflow's limit too. */
export const MOST_KEY_LENGTH = 250

/** Deeper objects are no metrics. */
const MOST_DEPTH = 8

/** Names under which a point says its step, the surest first. */
export const STEP_KEYS = [
  'step',
  'global_step',
  'trainer/global_step',
  'trainer.global_step',
  '_step',
  'iteration',
  'iter',
]

const TIME_KEYS = ['time', 'timestamp', '_timestamp']

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const NON_FINITE = /^([+-]?)(nan|inf|infinity)$/i

/** A number as text, `nan` and `-inf` in every spelling too; null when it is none. */
export function readNumber(text: string): number | null {
  if (NUMBER.test(text)) return Number(text)
  const [, sign, word] = NON_FINITE.exec(text) ?? []
  if (word === undefined) return null
  if (word.toLowerCase() === 'nan') return Number.NaN
  return sign === '-' ? -Infinity : Infinity
}

/** A number, or a word for one that is not finite; null for all else. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' && NON_FINITE.test(value) ? readNumber(value) : null
}

/**
 * The numbers of an object under one level of names, with dots between those of nested objects:
 * `{val: {loss: 1}}` is `['val.loss', 1]`. What is no number is left out.
 */
export function flatNumbers(
  object: object,
  options: { read?: (value: unknown) => number | null; prefix?: string; depth?: number } = {},
): [string, number][] {
  const { read = numberOf, prefix = '', depth = 0 } = options
  return Object.entries(object).flatMap(([key, value]): [string, number][] => {
    const name = prefix + key
    if (name.length > MOST_KEY_LENGTH || key === '') return []
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      if (depth === MOST_DEPTH) return []
      return flatNumbers(value, { read, prefix: `${name}.`, depth: depth + 1 })
    }
    const number = read(value)
    return number === null ? [] : [[name, number]]
  })
}

/** The step that an object of metrics says by one of its own names. */
export function stepOf(metrics: Record<string, unknown>): number | null {
  for (const key of STEP_KEYS) {
    const value = Object.hasOwn(metrics, key) ? metrics[key] : undefined
    if (typeof value === 'number' && Number.isFinite(value)) return value
  }
  return null
}

/**
 * A point from a JSON object: `{step, time, log_id, metrics: {...}}`, or the numbers beside the step
 * themselves. Null when it has no number.
 * @param read what counts as a number
 */
export function pointOf(
  object: Record<string, unknown>,
  read: (value: unknown) => number | null = numberOf,
): MetricPoint | null {
  const { log_id } = object
  const inner = object['metrics']
  const isWrapped = typeof inner === 'object' && inner !== null && !Array.isArray(inner)
  const at = timeOf(object)
  const timeKey = at === null ? undefined : TIME_KEYS.find((key) => readTime(object[key]) !== null)
  const numbers = flatNumbers(isWrapped ? inner : object, { read }).filter(
    ([name]) => isWrapped || (!STEP_KEYS.includes(name) && name !== timeKey),
  )
  if (numbers.length === 0) return null
  return {
    step: stepOf(object),
    at,
    log_id: typeof log_id === 'string' && log_id.length <= 200 && log_id !== '' ? log_id : null,
    metrics: Object.fromEntries(numbers),
  }
}

function timeOf(object: Record<string, unknown>): Date | null {
  for (const key of TIME_KEYS) {
    const time = readTime(object[key])
    if (time !== null) return time
  }
  return null
}

/** Seconds or milliseconds since 1970, between 2001 and 2096: all else may be a metric. */
function readTime(value: unknown): Date | null {
  if (typeof value === 'string') {
    const ms = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value) ? Date.parse(value) : Number.NaN
    return Number.isNaN(ms) ? null : new Date(ms)
  }
  if (typeof value !== 'number') return null
  if (value >= 1e9 && value < 4e9) return new Date(value * 1000)
  return value >= 1e12 && value < 4e12 ? new Date(value) : null
}

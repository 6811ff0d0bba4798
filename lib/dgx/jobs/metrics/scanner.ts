import { GuardedPattern, type PatternMatch } from '../../guarded-pattern'
import { measured } from './names'
import { parseDict, parseObject } from './objects'
import { readPairs } from './pairs'
import { type MetricPoint, numberOf, pointOf, readNumber } from './points'
import { isTqdm, type Progress, readEpochLine, readKeras, readTqdm } from './progress'

export type { MetricPoint }

/** What a scanner reads: a log for people, or the lines of JSON of `$DGX_METRICS_FILE`. */
export type MetricSource = 'log' | 'metrics_file'

const MOST_LOG_LINE = 16 * 1024
/** A line of the file has every metric of a step. */
const MOST_FILE_LINE = 1024 * 1024

/** A bar that is drawn ten times a second gives some thousand points, not a million. */
const BAR_POINTS = 1000

/**
 * Reads one stream of one run, from its beginning or anywhere on. Pure but for what it remembers of
 * earlier lines: the step that a progress bar stands at, the epoch.
 */
export class MetricScanner {
  readonly #source: MetricSource
  readonly #pattern: GuardedPattern | null
  #epochs = new Epochs()
  #step: number | null = null
  /** The bar that counts steps: the first that is not at its end. */
  #bar: { done: number; total: number; offset: number } | null = null
  /** What a bar said last, so that drawing it again gives nothing. */
  #drawn: { step: number; values: Map<string, number> } = { step: -1, values: new Map() }

  /**
   * @param options.pattern a job's own: `key` and `value` groups, or a group per metric; it takes the
   *   place of all that is known of logs, but for lines with `::metric {...}`
   */
  constructor(options: { source: MetricSource; pattern?: string | null }) {
    this.#source = options.source
    this.#pattern = options.pattern ? new GuardedPattern(options.pattern) : null
  }

  /** Why the job's own pattern is off; null while it works. */
  get patternFault(): string | null {
    return this.#pattern?.fault ?? null
  }

  /**
   * The points of whole lines, which end with `\n`, in a log also with `\r` (see `endOfLines`). Takes
   * any text, never throws, and takes time by its length only: about 10 ms for 64 KiB, so what is
   * longer is best given in such pieces.
   */
  scan(text: string): MetricPoint[] {
    if (this.#source === 'metrics_file') {
      return text.split('\n').flatMap((line) => {
        const object = line.length > MOST_FILE_LINE ? null : parseObject(line.trim())
        const point = object && pointOf(object)
        return point ? [point] : []
      })
    }
    const lines = text
      .split(/[\r\n]+/)
      .map(plain)
      .filter((line) => line !== '')
    const matches = this.#pattern?.matches(lines)
    return lines.flatMap((line, i) => {
      const point = readMarked(line) ?? (matches ? this.#ofPattern(matches[i]) : this.#read(line))
      if (point === null) return []
      this.#step = point.step ?? this.#step
      return [point]
    })
  }

  #ofPattern(matches: PatternMatch[] = []): MetricPoint | null {
    const numbers = matches.flatMap((match): [string, string | undefined][] =>
      match['key'] !== undefined && match['value'] !== undefined
        ? [[match['key'], match['value']]]
        : Object.entries(match),
    )
    const read = numbers.flatMap(([name, text]): [string, number][] => {
      const value = text === undefined || name === '' ? null : readNumber(text.trim())
      return value === null ? [] : [[name, value]]
    })
    return pointOf(Object.fromEntries(read))
  }

  /** The first way of writing a line that fits. */
  #read(line: string): MetricPoint | null {
    const epoch = readEpochLine(line)
    if (epoch) {
      this.#epochs.enter(epoch.number)
      return null
    }
    if (!/\d|nan|inf/i.test(line)) return null
    const bar = readTqdm(line)
    if (bar || isTqdm(line)) return bar && this.#ofBar(bar)
    const object = readObject(line)
    if (object) return this.#ofObject(object)
    const keras = readKeras(line)
    if (keras) return this.#ofKeras(keras)
    return this.#ofPairs(line)
  }

  #ofObject(object: Record<string, unknown>): MetricPoint | null {
    const point = pointOf(object, numberOrText)
    if (!point) return null
    const hasCounter = point.step !== null || 'epoch' in point.metrics
    const metrics = measured(Object.entries(point.metrics), hasCounter)
    if (metrics.length === 0) return null
    return { ...point, step: point.step ?? this.#step, metrics: Object.fromEntries(metrics) }
  }

  #ofPairs(line: string): MetricPoint | null {
    const pairs = readPairs(line)
    if (!pairs) return null
    const { numbers, step, epoch } = pairs
    const found = measured(numbers, step !== null || epoch !== null)
    if (found.length === 0) return null
    const metrics = Object.fromEntries(found)
    if (epoch === null) return point(step?.number ?? this.#step, metrics)
    this.#epochs.enter(epoch)
    const all = { epoch, ...metrics }
    if (step) return point(this.#epochs.stepOf(step.number, step.total), all)
    // The step before it belongs to another way of counting, unless a bar goes on beside it.
    return point(this.#bar ? this.#step : null, all)
  }

  #ofBar({ done, total, numbers, epoch }: Progress): MetricPoint | null {
    const bar = this.#bar
    // A second bar inside the first one (an evaluation) does not count steps.
    if (bar && bar.total !== total && bar.done < bar.total && !epoch) return null
    if (epoch) {
      this.#epochs.enter(epoch.number)
      this.#bar = { done, total, offset: this.#epochs.stepOf(0, total) }
    } else if (bar && bar.total === total) {
      // Drawn from its beginning again: the next epoch.
      const offset = done < bar.done ? bar.offset + total : bar.offset
      this.#bar = { done, total, offset }
    } else {
      this.#bar = { done, total, offset: 0 }
    }
    this.#step = (this.#bar?.offset ?? 0) + done
    const metrics = measured(numbers, true)
    return this.#drawnPoint(this.#step, done === total, [
      ...(epoch && metrics.length > 0 ? [['epoch', epoch.number] as const] : []),
      ...metrics,
    ])
  }

  #ofKeras({ done, total, numbers }: Progress): MetricPoint | null {
    const isOther = this.#bar !== null && this.#bar.total !== total
    const epoch = this.#epochs.current
    // Without an epoch it may be an evaluation; that too is measured, but at no step.
    if (epoch === null || isOther) {
      const metrics = measured(numbers, false)
      return metrics.length === 0 || done !== total
        ? null
        : point(this.#step, Object.fromEntries(metrics))
    }
    const offset = this.#epochs.stepOf(0, total)
    this.#bar = { done, total, offset }
    return this.#drawnPoint(offset + done, done === total, [['epoch', epoch], ...numbers])
  }

  /** A point where a bar has moved on enough since the last one, with what is new. */
  #drawnPoint(
    step: number,
    isLast: boolean,
    numbers: readonly (readonly [string, number])[],
  ): MetricPoint | null {
    const { step: before, values } = this.#drawn
    const isSame = step === before
    if (!isSame && !isLast && step > before && step - before < step / BAR_POINTS) return null
    const fresh = numbers.filter(([name, value]) => !(isSame && Object.is(values.get(name), value)))
    if (!fresh.some(([name]) => name !== 'epoch')) return null
    this.#drawn = { step, values: new Map(isSame ? [...values, ...fresh] : fresh) }
    return point(step, Object.fromEntries(fresh))
  }
}

/** Epochs of a log, which count from 0 or from 1. */
class Epochs {
  current: number | null = null
  #first = 1

  enter(number: number): void {
    this.current = number
    if (number < 1) this.#first = 0
  }

  /** The step since the start, of one since the epoch's, where the length of an epoch is known. */
  stepOf(step: number, total: number | null): number {
    if (total === null || this.current === null) return step
    return (Math.floor(this.current) - this.#first) * total + step
  }
}

/** Up to where bytes are whole lines: what follows is read again when it has its end. */
export function endOfLines(bytes: Uint8Array, source: MetricSource): number {
  const newline = bytes.lastIndexOf(10)
  return 1 + (source === 'log' ? Math.max(newline, bytes.lastIndexOf(13)) : newline)
}

const point = (step: number | null, metrics: Record<string, number>): MetricPoint => ({
  step,
  at: null,
  log_id: null,
  metrics,
})

/** Numbers of a line of a log may be quoted, as HuggingFace prints them. */
const numberOrText = (value: unknown): number | null =>
  typeof value === 'string' ? readNumber(value) : numberOf(value)

/** `::metric {"step": 1, "loss": 0.5}`, the one line that is meant for us and no one else. */
function readMarked(line: string): MetricPoint | null {
  const at = line.indexOf('::metric ')
  const object = at < 0 ? null : parseObject(line.slice(at + '::metric '.length).trim())
  return object && pointOf(object)
}

/** An object at the end of a line, perhaps behind what a logger puts before it. */
function readObject(line: string): Record<string, unknown> | null {
  const start = line.indexOf('{')
  if (start < 0 || start > 200 || !line.endsWith('}')) return null
  const text = line.slice(start)
  return parseObject(text) ?? parseDict(text)
}

// Colours, cursor movements, titles; and backspaces, with which old bars go back.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])|\x08/g

const plain = (line: string): string => line.slice(0, MOST_LOG_LINE).replace(ESCAPES, '').trim()

import { isMetricName } from './names'
import { readNumber } from './points'

/** The numbers and counts of a line of text. */
export type Pairs = {
  numbers: [string, number][]
  step: { number: number; total: number | null } | null
  epoch: number | null
}

const VALUE = String.raw`[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|nan|inf(?:inity)?)`
/** What may follow a number: else it is a version, a time, a size with its unit. */
const END = String.raw`(?=%?(?:[\s,;|)\]}]|\.?$|\.\s))`
const START = String.raw`(?<![\w./?&@$<\\-])`
const NAME = String.raw`[A-Za-z_][\w./@-]{0,249}`

const PAIR = new RegExp(`${START}(${NAME})\\s{0,3}([=:])\\s{0,3}(${VALUE})${END}`, 'gi')
const SPACED = new RegExp(`${START}(${NAME}) {1,3}(${VALUE})${END}`, 'gi')

const COUNTER = new RegExp(
  `${START}(global[_ ]step|train[_ ]step|step|iteration|iter|it|batch|epoch)\\s{0,3}[:=#]?\\s{0,4}[[(]?\\s{0,3}(\\d{1,12})(?![\\w%]|\\.\\d)(?:\\s{0,3}/\\s{0,3}(\\d{1,12}))?`,
  'gi',
)
/** How far an epoch is, where it says no step: `[6400/60000 (11%)]`, `| 200/ 2928 batches |`. */
const FAR = /[[|(]\s{0,6}(\d{1,12})\s{0,2}\/\s{0,2}(\d{1,12})(?=[\s)\]])/

/** A word before a name that is a part of it. */
const PART_OF_NAME =
  /\b(train|training|val|valid|validation|eval|test|total|running|avg|average|mean)\s$/i
/** Other words before a name: "packet loss: 0%". */
const OTHER_WORD = /[A-Za-z]\s$/
const SAID_BEFORE = /\b(?:best|min|max|lowest|highest|target|previous|from)\s$/i

/** Command lines, addresses and dumps of settings. */
const NO_MEASUREMENT = /(?:^|\s)--\w|:\/\/|\b(?:Namespace|\w*Config|\w*Args|\w*Arguments)\(/

/** `step=10 loss=0.5`, `step: 10, loss: 0.5`, `Epoch [1/3], Step [100/600], Loss: 0.5`, `iter 7: loss 2.5`. */
export function readPairs(line: string): Pairs | null {
  if (NO_MEASUREMENT.test(line)) return null
  const { step, epoch } = readCounters(line)
  const hasCounter = step !== null || epoch !== null
  const numbers = new Map<string, number>()
  for (const { 1: name = '', 2: sign, 3: text = '', index } of line.matchAll(PAIR)) {
    const before = line.slice(Math.max(0, index - 20), index)
    const isGlued = sign === '='
    if (isCounterName(name) || SAID_BEFORE.test(before)) continue
    const part = /^epoch$/i.test(name) ? undefined : PART_OF_NAME.exec(before)?.[1]
    if (!part && !isGlued && OTHER_WORD.test(before)) continue
    add(numbers, part, name, text)
  }
  if (hasCounter) {
    for (const { 1: name = '', 2: text = '', index } of line.matchAll(SPACED)) {
      const before = line.slice(Math.max(0, index - 20), index)
      if ((!isMetricName(name) && !/^(?:lr|mfu)$/i.test(name)) || SAID_BEFORE.test(before)) continue
      add(numbers, PART_OF_NAME.exec(before)?.[1], name, text)
    }
  }
  const fraction = [...numbers].find(([name]) => /^epoch$/i.test(name))?.[1]
  return {
    numbers: [...numbers].filter(([name]) => !/^epoch$/i.test(name)),
    step,
    epoch: epoch ?? fraction ?? null,
  }
}

function add(numbers: Map<string, number>, part: string | undefined, name: string, text: string) {
  const value = readNumber(text)
  const key = part === undefined ? name : `${part.toLowerCase()}_${name}`
  if (value !== null && !numbers.has(key)) numbers.set(key, value)
}

const isCounterName = (name: string) =>
  /^(?:global_step|train_step|step|iteration|iter|it|batch)$/i.test(name)

function readCounters(line: string): Pick<Pairs, 'step' | 'epoch'> {
  let step: Pairs['step'] = null
  let epoch: number | null = null
  let hasEpochTotal = false
  for (const [, name = '', digits, ofDigits] of line.matchAll(COUNTER)) {
    const number = Number(digits)
    const total = ofDigits === undefined ? null : Number(ofDigits)
    if (/^epoch$/i.test(name)) {
      epoch ??= number
      hasEpochTotal ||= total !== null
    } else if (!/^batch$/i.test(name) || total !== null) {
      step ??= { number, total }
    }
  }
  if (step === null && epoch !== null && !hasEpochTotal) {
    const [, done, total] = FAR.exec(line) ?? []
    if (done !== undefined) step = { number: Number(done), total: Number(total) }
  }
  return { step, epoch }
}

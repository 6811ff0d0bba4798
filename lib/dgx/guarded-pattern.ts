import vm from 'node:vm'

const LINES_AT_ONCE = 100
const MOST_MS = 100
const MOST_MS_PER_LINE = 50
const MOST_STRIKES = 3

/** More than any line has; a pattern that matches nothing everywhere would give thousands. */
const MOST_MATCHES_PER_LINE = 100

const SCRIPT = new vm.Script(`
  regex ??= new RegExp(source, 'g')
  lines.map((line) => {
    const found = []
    for (const match of line.matchAll(regex)) {
      if (found.push({ ...match.groups, '': match[0] }) === ${MOST_MATCHES_PER_LINE}) break
    }
    return found
  })`)

/** A match: its named groups, and all of it under the empty name. */
export type PatternMatch = Record<string, string | undefined>

/** What is wrong with a pattern that a person wrote, null when nothing is. */
export function patternProblem(source: string): string | null {
  try {
    new RegExp(source, 'g')
    return null
  } catch (error) {
    return (error as Error).message
  }
}

const FIRST_MATCH = new vm.Script(`
  for (at = 0; at < sources.length; at += 1) {
    const source = sources[at]
    const regex = known.get(source) ?? new RegExp(source, 'm')
    known.set(source, regex)
    if (texts.some((text) => regex.test(text))) break
  }`)
const MOST_MS_FOR_ALL = 100

const MOST_KNOWN = 1000

let matching:
  | ({
      known: Map<string, RegExp>
      sources: readonly string[]
      texts: readonly string[]
      at: number
    } & vm.Context)
  | null = null

/**
 * The first of the patterns that matches one of the texts; `^` and `$` are those of a line. One that
 * takes too long counts as a match: what nobody could check must not pass.
 */
export function firstMatch(
  sources: readonly string[],
  texts: readonly string[],
): { pattern: string; isTooSlow: boolean } | null {
  const nothing = { sources: [], texts: [], at: 0 }
  matching ??= Object.assign(vm.createContext(), { ...nothing, known: new Map() })
  if (matching.known.size > MOST_KNOWN) matching.known.clear()
  Object.assign(matching, { sources, texts })
  let isTooSlow = false
  try {
    for (let tries = 0; tries < MOST_STRIKES; tries += 1) {
      const before = process.cpuUsage()
      try {
        FIRST_MATCH.runInContext(matching, { timeout: MOST_MS_FOR_ALL })
        isTooSlow = false
        break
      } catch {
        // Out of time, or its stack has overflowed.
        isTooSlow = true
        if (process.cpuUsage(before).user / 1000 >= MOST_MS_FOR_ALL / 2) break
      }
    }
    const pattern = sources[matching.at]
    return pattern === undefined ? null : { pattern, isTooSlow }
  } finally {
    Object.assign(matching, nothing)
  }
}

/**
 * A pattern of a person's own, run over lines of a log. Some patterns take for ever on some lines,
 * and nothing can be done meanwhile: so each run has a limit, and a pattern that comes to it three
 * times is off, with the reason in `fault`.
 */
export class GuardedPattern {
  readonly #context: { lines: readonly string[] } & vm.Context
  #strikes = 0
  #fault: string | null

  constructor(source: string) {
    this.#context = Object.assign(vm.createContext({ source, regex: null }), { lines: [] })
    this.#fault = patternProblem(source)
  }

  /** Why it is off; null while it works. */
  get fault(): string | null {
    return this.#fault
  }

  /** The matches of each line; none where it is off. */
  matches(lines: readonly string[]): PatternMatch[][] {
    const found: PatternMatch[][] = []
    for (let i = 0; i < lines.length; i += LINES_AT_ONCE) {
      const some = lines.slice(i, i + LINES_AT_ONCE)
      const all = this.#run(some, MOST_MS)
      // One bad line must not cost the good ones beside it.
      for (const matches of all ?? some.map((line) => this.#runOne(line))) found.push(matches)
    }
    return found
  }

  #runOne(line: string): PatternMatch[] {
    for (let tries = 0; tries < MOST_STRIKES; tries += 1) {
      const before = process.cpuUsage()
      const [matches] = this.#run([line], MOST_MS_PER_LINE) ?? []
      if (matches) return matches
      // On a busy machine the time may have gone by without a turn for us: that is no strike.
      if (process.cpuUsage(before).user / 1000 >= MOST_MS_PER_LINE / 2) break
    }
    this.#strikes += 1
    if (this.#strikes >= MOST_STRIKES) {
      this.#fault ??= `It took longer than ${MOST_MS_PER_LINE} ms on ${MOST_STRIKES} lines. Make it simpler: no repetition inside a repetition.`
    }
    return []
  }

  /** Null when it took too long. */
  #run(lines: readonly string[], timeout: number): PatternMatch[][] | null {
    if (this.#fault !== null) return lines.map(() => [])
    this.#context.lines = lines
    try {
      return SCRIPT.runInContext(this.#context, { timeout }) as PatternMatch[][]
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null
      // Its stack may overflow too.
      this.#fault = message
      return lines.map(() => [])
    } finally {
      this.#context.lines = []
    }
  }
}

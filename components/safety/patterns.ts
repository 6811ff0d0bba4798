/** A line of a list; the id is the list's own. */
export type Pattern = { id: number; text: string }
export type Preset = { pattern: string; description: string }

let lastId = 0

export const toPatterns = (texts: readonly string[]): Pattern[] =>
  texts.map((text) => ({ id: ++lastId, text }))

/** Without those that are still empty. */
export const textsOf = (patterns: readonly Pattern[]): string[] =>
  patterns.map(({ text }) => text.trim()).filter((text) => text !== '')

/** With those of the ready set that are not there yet. */
export function withPresets(patterns: readonly Pattern[], presets: readonly Preset[]): Pattern[] {
  const known = new Set(textsOf(patterns))
  const missing = presets.map(({ pattern }) => pattern).filter((text) => !known.has(text))
  return [...patterns, ...toPatterns(missing)]
}

/** What is wrong with it; null when nothing is. */
export function patternProblem(text: string): string | null {
  try {
    new RegExp(text.trim())
    return null
  } catch (error) {
    return (error as Error).message
  }
}

/** Objects in lines: JSON, JSON as Python writes it, and Python's own dicts. */

/**
 * Parses a JSON object; bare `NaN`, `Infinity` and `-Infinity` become words, as Python's `json`
 * prints them. Null when it is none.
 */
export function parseObject(text: string): Record<string, unknown> | null {
  // To fail is slow, and most lines are no objects.
  if (!text.startsWith('{') || !text.endsWith('}')) return null
  const object = asObject(text)
  if (object || !/NaN|Infinity/.test(text)) return object
  return asObject(text.replace(STRING_OR_NON_FINITE, quoteNonFinite))
}

// A string that does not end goes to the end of the line, else each of its quotes would look again.
const STRING_OR_NON_FINITE = /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|-?\bInfinity\b|\bNaN\b/g
const quoteNonFinite = (token: string) => (token.startsWith('"') ? token : `"${token}"`)

function asObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

const ENTRY =
  /\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*:\s*(?:'([^'\\]*)'|"([^"\\]*)"|([^\s'",:{}[\]()]+))\s*([,}])/y

/** Parses a flat Python dict, `{'loss': '0.69', 'epoch': nan}`; the values stay text. */
export function parseDict(text: string): Record<string, string> | null {
  const entries: [string, string][] = []
  ENTRY.lastIndex = 1
  for (;;) {
    const match = ENTRY.exec(text)
    if (match === null) return null
    const [, single, double, singleValue, doubleValue, bare, end] = match
    entries.push([single ?? double ?? '', singleValue ?? doubleValue ?? bare ?? ''])
    if (end === '}') return Object.fromEntries(entries)
  }
}

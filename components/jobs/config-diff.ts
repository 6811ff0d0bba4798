import { flatten } from './flatten'

/** One key of several configs; where a config lacks it the value is undefined. */
export type ConfigRow = { key: string; values: unknown[]; isDifferent: boolean }

/** Every key of every config, nested ones with dots, in alphabetical order. Pure. */
export function diffConfigs(configs: readonly Record<string, unknown>[]): ConfigRow[] {
  const flat = configs.map((config) => flatten(config))
  const keys = [...new Set(flat.flatMap((config) => Object.keys(config)))].sort()
  return keys.map((key) => {
    const values = flat.map((config) => config[key])
    // Compared as JSON: 1 and "1" differ, and so do a null and nothing.
    const isDifferent = new Set(values.map((value) => canonical(value))).size > 1
    return { key, values, isDifferent }
  })
}

/** JSON with the keys of objects (inside lists) in one order, so that order is no difference. */
function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

/**
 * Nested objects as one level, with dots between the keys: `{a: {b: 1}}` is `{'a.b': 1}`. Lists
 * and empty objects are values of their own. Pure.
 */
export function flatten(object: Record<string, unknown>, prefix = ''): Record<string, unknown> {
  const flat: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(object)) {
    if (isFilledObject(value)) Object.assign(flat, flatten(value, `${prefix}${key}.`))
    else flat[prefix + key] = value
  }
  return flat
}

function isFilledObject(value: unknown): value is Record<string, unknown> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && Object.keys(value).length > 0
}

/** A value of a config as it is read: text without quotes, all else as JSON. */
export function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

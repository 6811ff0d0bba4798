/** How values are written everywhere; what is not known is a dash. */

export const UNKNOWN = '–'

export function number(value: number | null | undefined, unit = '', digits = 0): string {
  if (value === null || value === undefined) return UNKNOWN
  return `${value.toFixed(digits)}${unit}`
}

/** MiB as GiB. */
export function gib(mb: number | null | undefined): string {
  if (mb === null || mb === undefined) return UNKNOWN
  const value = mb / 1024
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} GiB`
}

/** A part of a whole, both MiB, with the unit once. */
export function gibOf(partMb: number | null, wholeMb: number | null): string {
  const whole = gib(wholeMb)
  return `${gib(partMb).replace(' GiB', '')} / ${whole}`
}

export function bytesPerSecond(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN
  const units = ['B/s', 'kB/s', 'MB/s', 'GB/s']
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3))
  return `${(value / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}

export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return UNKNOWN
  if (seconds < 60) return `${Math.round(seconds)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400)
    return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`
}

/** How long something took. */
export function milliseconds(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return UNKNOWN
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms / 1000)
}

/** Time between two instants; up to now when the second is not there yet. */
export function between(from: string | null, to: string | null, now: number): string {
  if (!from) return UNKNOWN
  return duration(((to ? Date.parse(to) : now) - Date.parse(from)) / 1000)
}

/** The first sentence of a text, and the rest; a dot within an address ends none. */
export function splitSentence(text: string): [first: string, rest: string | null] {
  const end = /[.;!?]\s+(?=\S)/.exec(text)
  if (!end) return [text, null]
  const rest = text.slice(end.index + end[0].length)
  return [`${text.slice(0, end.index)}.`, rest.charAt(0).toUpperCase() + rest.slice(1)]
}

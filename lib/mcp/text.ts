/** Short forms, so that an answer fits a small context. */

/** One line of at most so many characters. */
export function clip(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}

export const clipOrNull = (text: string | null, most: number) => text && clip(text, most)

/** A number in at most six digits; what is no number as it is. */
export const short = (value: number | string | null): string => {
  if (value === null) return 'unknown'
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : value
}

/** How long, such as `3 h 20 min`. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  return `${Math.floor(seconds / 3_600)} h ${Math.round((seconds % 3_600) / 60)} min`
}

import { UNKNOWN } from '../format'

/** How the figures of a report are written; what is not known is a dash. */

export function gpuHours(hours: number | null): string {
  if (hours === null) return UNKNOWN
  // Of a few minutes a share would be of "0.0" hours.
  const digits = hours < 1 && hours > 0 ? 2 : hours < 100 ? 1 : 0
  return hours.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}

export function percentText(percent: number | null): string {
  if (percent === null) return UNKNOWN
  return percent > 0 && percent < 0.5 ? 'under 1 %' : `${Math.round(percent)} %`
}

export function percentOf(part: number | null, whole: number | null): string {
  return percentText(part === null || !whole ? null : Math.min(100, (100 * part) / whole))
}

export const kwh = (energy: number | null) =>
  energy === null ? UNKNOWN : energy.toLocaleString('en', { maximumSignificantDigits: 3 })

export const degrees = (celsius: number | null) =>
  celsius === null ? UNKNOWN : `${Math.round(celsius)} °C`

/** A moment to the minute, of UTC, whatever the reader's clock: the server writes it. */
export const minuteText = (time: string) => time.slice(0, 16).replace('T', ' ')

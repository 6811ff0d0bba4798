/** Of which time, machine and project the report page is, as its address says it. Pure. */

export const PERIODS = [
  { key: '24h', label: '24 h', hours: 24 },
  { key: '7d', label: '7 d', hours: 7 * 24 },
  { key: '30d', label: '30 d', hours: 30 * 24 },
  { key: '90d', label: '90 d', hours: 90 * 24 },
  { key: '1y', label: '1 y', hours: 365 * 24 },
] as const
const DEFAULT_PERIOD = '7d'
export type PeriodKey = (typeof PERIODS)[number]['key']

/** `from` and `to` are days of UTC (`2026-03-01`), both of them in it; empty where a period is. */
export type ReportFilters = {
  period: PeriodKey | 'custom'
  from: string
  to: string
  machine: string
  project: string
}

const DAY_MS = 86_400_000
const MOST_MS = 366 * DAY_MS

type SearchParams = Record<string, string | string[] | undefined>

/** Reads an address leniently: what makes no sense does not count. @param now ms since 1970 */
export function readReportFilters(params: SearchParams, now: number): ReportFilters {
  const one = (name: string) => [params[name]].flat()[0] ?? ''
  const [from, to] = [dayOf(one('from')), dayOf(one('to'))]
  const isCustom = from !== null && to !== null && from <= to && to + DAY_MS - from <= MOST_MS
  const common = { machine: one('machine').slice(0, 400), project: one('project').slice(0, 400) }
  if (isCustom && from < now) {
    return { period: 'custom', from: writeDay(from), to: writeDay(to), ...common }
  }
  const period = PERIODS.find(({ key }) => key === one('period'))?.key ?? DEFAULT_PERIOD
  return { period, from: '', to: '', ...common }
}

/** The query of an address with these filters; what is as usual is left out. */
export function writeReportFilters(filters: ReportFilters): string {
  const { period, from, to, machine, project } = filters
  const params = new URLSearchParams()
  if (period === 'custom' && from && to) {
    params.set('from', from)
    params.set('to', to)
  } else if (period !== DEFAULT_PERIOD && period !== 'custom') params.set('period', period)
  if (machine) params.set('machine', machine)
  if (project) params.set('project', project)
  const text = params.toString()
  return text && `?${text}`
}

/** The same range for the API: hours before now, or from midnight to midnight. */
export function rangeOf({ period, from, to }: ReportFilters): {
  hours?: number
  from?: Date
  to?: Date
} {
  const preset = PERIODS.find(({ key }) => key === period)
  if (preset) return { hours: preset.hours }
  return { from: new Date(Date.parse(from)), to: new Date(Date.parse(to) + DAY_MS) }
}

/** A day as a date field writes it, in ms since 1970; null for anything else. */
function dayOf(text: string): number | null {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : time
}

export const writeDay = (time: number) => new Date(time).toISOString().slice(0, 10)

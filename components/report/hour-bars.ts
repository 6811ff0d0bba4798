import type { GpuHours, Report } from '@/lib/dgx/report/answers'

/** What a GPU-hour was spent on, from the bottom of a bar up. */
export const HOUR_PARTS = [
  { key: 'held_busy', label: 'At work in jobs', colour: 'var(--accent)' },
  { key: 'held_idle', label: 'Held, idle', colour: 'var(--series-6)' },
  { key: 'other_busy', label: 'Busy without a job', colour: 'var(--series-1)' },
  { key: 'free', label: 'Free', colour: 'var(--track)' },
] as const satisfies { key: keyof GpuHours; label: string; colour: string }[]

export type HourPart = (typeof HOUR_PARTS)[number]['key']

/** A bar of the chart: `at` ms since 1970; null where it is not known. */
export type HourBar = { at: number; to: number } & Record<HourPart, number | null>

/** More bars than a screen has room for are put together, several steps in one. Pure. */
export function hourBars(series: Report['series'], most: number): HourBar[] {
  const size = Math.ceil(series.length / most)
  const bars: HourBar[] = []
  for (let i = 0; i < series.length; i += size) {
    const steps = series.slice(i, i + size)
    const sum = (key: HourPart) => {
      const known = steps.flatMap(({ gpu_hours }) => gpu_hours[key] ?? [])
      return known.length > 0 ? known.reduce((total, hours) => total + hours, 0) : null
    }
    bars.push({
      at: Date.parse(steps[0]?.from ?? ''),
      to: Date.parse(steps.at(-1)?.to ?? ''),
      held_busy: sum('held_busy'),
      held_idle: sum('held_idle'),
      other_busy: sum('other_busy'),
      free: sum('free'),
    })
  }
  return bars
}

/** A moment of the axis, of UTC: `Nov 26`, or `14:00` where bars are hours. Pure. */
export function barLabel(at: number, isHour: boolean): string {
  const date = new Date(at)
  if (isHour) return date.toISOString().slice(11, 16)
  return date.toLocaleDateString('en', { month: 'short', day: 'numeric', timeZone: 'UTC' })
}

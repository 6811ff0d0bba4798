import { describe, expect, it } from 'vitest'
import type { Report } from '@/lib/dgx/report/answers'
import { barLabel, hourBars } from './hour-bars'

const NOTHING = { possible: 24, sampled: 0, busy: null, held: 0 }

const step = (day: number, free: number | null): Report['series'][number] => ({
  from: new Date(Date.UTC(2026, 0, day)).toISOString(),
  to: new Date(Date.UTC(2026, 0, day + 1)).toISOString(),
  gpu_hours: { ...NOTHING, held_busy: 0, held_idle: null, other_busy: null, free },
  gpu_utilization: null,
  energy_kwh: null,
  energy_gpu_hours: null,
})

describe('the bars of a report', () => {
  it('are one for each step where there is room', () => {
    const bars = hourBars([step(1, 2), step(2, null)], 10)
    expect(bars.map(({ free }) => free)).toEqual([2, null])
  })

  it('put steps together where there is none, and know nothing only where no step does', () => {
    const bars = hourBars([step(1, 2), step(2, null), step(3, 5), step(4, null), step(5, null)], 3)
    expect(bars.map(({ free }) => free)).toEqual([2, 5, null])
    expect(bars.map(({ at, to }) => [barLabel(at, false), barLabel(to, false)])).toEqual([
      ['Jan 1', 'Jan 3'],
      ['Jan 3', 'Jan 5'],
      ['Jan 5', 'Jan 6'],
    ])
  })

  it('has a label of UTC', () => expect(barLabel(Date.UTC(2026, 0, 1, 14), true)).toBe('14:00'))
})

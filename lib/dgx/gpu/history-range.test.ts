import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, RETENTION } from './history.fixtures'
import { chooseRollupTier, gridOf, rawCovers } from './history-range'

const NOW = Date.UTC(2026, 7, 9, 15, 42, 17)

const range = (hours: number) => ({
  from: NOW - hours * HOUR,
  to: NOW,
  now: NOW,
  retention: RETENTION,
})

describe('chooseRollupTier', () => {
  it.each([
    { hours: 1, tier: '1m' },
    { hours: 6, tier: '1m' },
    { hours: 24, tier: '1m' },
    { hours: 7 * 24, tier: '15m' },
    { hours: 30 * 24, tier: '15m' },
    { hours: 365 * 24, tier: '3h' },
  ])('reads $hours h of eight GPUs from $tier', ({ hours, tier }) => {
    expect(chooseRollupTier({ ...range(hours), ownerCount: 8 })).toBe(tier)
  })

  it('reads finer for fewer GPUs and coarser for more', () => {
    expect(chooseRollupTier({ ...range(7 * 24), ownerCount: 1 })).toBe('1m')
    expect(chooseRollupTier({ ...range(30 * 24), ownerCount: 16 })).toBe('3h')
  })

  it('never reads a tier that no longer has the start of the range', () => {
    const past = { ...range(40 * 24), to: NOW - 39 * DAY }
    expect(chooseRollupTier({ ...past, ownerCount: 1 })).toBe('15m')
  })

  it('reads the longest tiers when nothing reaches back so far', () => {
    const retention = { rawHours: 1, minuteDays: 1, quarterDays: 7 }
    expect(chooseRollupTier({ ...range(8784), retention, ownerCount: 8 })).toBe('15m')
  })
})

describe('rawCovers', () => {
  it('is true up to the age of raw samples', () => {
    expect(rawCovers(range(24))).toBe(true)
    expect(rawCovers(range(24.1))).toBe(false)
  })
})

describe('gridOf', () => {
  it.each([
    [1, 12],
    [6, 72],
    [24, 288],
  ])('cuts %i h into whole seconds', (hours, seconds) => {
    const { length } = gridOf({ ...range(hours), points: 300, step: 1000 })
    expect(length / 1000).toBe(seconds)
  })

  it('cuts into whole buckets of the tier, at multiples of their length', () => {
    const grid = gridOf({ ...range(6), points: 300, step: MINUTE })
    expect(grid.length).toBe(2 * MINUTE)
    expect(grid.first % grid.length).toBe(0)
    expect(grid.first).toBeLessThanOrEqual(NOW - 6 * HOUR)
  })

  it('never has more buckets than points, and leaves out no more than a hundredth', () => {
    for (let points = 1; points <= 2000; points += points < 150 ? 1 : 37) {
      for (const step of [1000, MINUTE, 15 * MINUTE, 3 * HOUR]) {
        const { from, ...rest } = range(6.3)
        const { first, length, to } = gridOf({ from, ...rest, points, step })
        expect(Math.ceil((to - first) / length)).toBeLessThanOrEqual(points)
        expect(first - from).toBeLessThan(points < 100 ? 1 : Math.max((to - from) / 99, step))
        expect(first % step).toBe(0)
      }
    }
  })
})

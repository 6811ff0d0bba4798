import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coverOf } from './cover'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOW = Date.UTC(2026, 5, 20, 12, 34, 56)
const RETENTION = { rawHours: 24, minuteDays: 30, quarterDays: 366 }

const floor = (time: number, length: number) => Math.floor(time / length) * length
const MARKS = {
  '1m': floor(NOW, MINUTE),
  '15m': floor(NOW, 15 * MINUTE),
  '3h': floor(NOW, 3 * HOUR),
}
const kept = { marks: MARKS, retention: RETENTION, now: NOW, longestMs: 3 * HOUR }
const ofPieces = (pieces: ReturnType<typeof coverOf>) =>
  pieces.map(({ tier, from, to }) => [tier?.name ?? 'raw', (to - from) / MINUTE])

describe('coverOf', () => {
  it('takes long buckets inside, short ones at the edges, raw samples at the end', () => {
    const from = Date.UTC(2026, 5, 18, 8, 59, 30)
    expect(ofPieces(coverOf({ from, to: NOW }, kept))).toEqual([
      ['1m', 0.5],
      ['3h', 51 * 60],
      ['15m', 30],
      ['1m', 4],
      ['raw', 56 / 60],
    ])
  })

  it('cuts a bucket of 15 minutes where no minutes are kept any more', () => {
    const from = Date.UTC(2026, 2, 1, 8, 50)
    const to = Date.UTC(2026, 2, 1, 16, 10)
    expect(ofPieces(coverOf({ from, to }, kept))).toEqual([
      ['15m', 10],
      ['3h', 360],
      ['15m', 70],
    ])
  })

  it('uses no longer bucket than it may', () => {
    const from = floor(NOW - DAY, DAY)
    const pieces = coverOf({ from, to: from + DAY }, { ...kept, longestMs: HOUR })
    expect(ofPieces(pieces)).toEqual([['15m', 24 * 60]])
  })

  it('is raw where nothing is rolled up', () => {
    const marks = { '1m': 0, '15m': 0, '3h': 0 }
    expect(ofPieces(coverOf({ from: NOW - DAY, to: NOW }, { ...kept, marks }))).toEqual([
      ['raw', 24 * 60],
    ])
  })

  it('leaves no gap, counts nothing twice, and reads few rows', () => {
    const ages = fc.integer({ min: 0, max: 400 * DAY })
    fc.assert(
      fc.property(ages, ages, (a, b) => {
        const [from, to] = [NOW - Math.max(a, b), NOW - Math.min(a, b)]
        const pieces = coverOf({ from, to }, kept)
        expect(
          pieces.reduce((at, piece) => (piece.from === at ? piece.to : Number.NaN), from),
        ).toBe(pieces.length > 0 ? to : from)
        const rows = pieces.map(({ tier, from, to }) => (to - from) / (tier?.bucketMs ?? MINUTE))
        expect(rows.reduce((sum, count) => sum + count, 0)).toBeLessThan(
          (to - from) / (3 * HOUR) + 60,
        )
        for (const { tier, from: first } of pieces.slice(1)) {
          if (tier) expect(first % tier.bucketMs).toBe(0)
        }
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { toPoints } from './time-series'

const row = (series: string, at: number, value: number | null) => ({ series, at, value })

describe('toPoints', () => {
  it('puts the series of one instant side by side, in order of time', () => {
    expect(toPoints([row('b', 10, 2), row('a', 0, 1), row('a', 10, 3)], 10)).toEqual([
      { at: 0, a: 1, b: null },
      { at: 10, a: 3, b: 2 },
    ])
  })

  it('breaks the line where nothing was recorded', () => {
    expect(
      toPoints([row('a', 0, 1), row('a', 10, 1), row('a', 40, 1)], 10).map(({ at, a }) => [at, a]),
    ).toEqual([
      [0, 1],
      [10, 1],
      [20, null],
      [40, 1],
    ])
  })

  it('does not take a sample that is a little late for a gap', () => {
    expect(toPoints([row('a', 0, 1), row('a', 14, 1)], 10)).toHaveLength(2)
  })

  it('keeps an unknown value unknown', () => {
    expect(toPoints([row('a', 0, null), row('a', 10, 0)], 10)).toEqual([
      { at: 0, a: null },
      { at: 10, a: 0 },
    ])
  })

  it('gives no points for no rows', () => expect(toPoints([], 10)).toEqual([]))
})

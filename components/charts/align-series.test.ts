import { expect, it } from 'vitest'
import { alignSeries } from './align-series'

it('puts points of one x side by side, in order, and invents none', () => {
  const rows = alignSeries([
    {
      key: 'a',
      points: [
        { x: 1, y: 10 },
        { x: 3, y: 30 },
      ],
    },
    {
      key: 'b',
      points: [
        { x: 2, y: 5 },
        { x: 3, y: null },
      ],
    },
  ])
  expect(rows).toEqual([
    { x: 1, a: 10 },
    { x: 2, b: 5 },
    { x: 3, a: 30, b: null },
  ])
})

it('gives no rows for no lines', () => expect(alignSeries([])).toEqual([]))

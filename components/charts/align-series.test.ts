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

it('puts the range of a line beside it, of a point without one the point itself', () => {
  const rows = alignSeries([
    {
      key: 'a',
      points: [
        { x: 1, y: 10 },
        { x: 2, y: 20, range: [15, 30] },
        { x: 3, y: null },
      ],
    },
    { key: 'b', points: [{ x: 1, y: 1 }] },
  ])
  expect(rows).toEqual([
    { x: 1, a: 10, 'band a': [10, 10], b: 1 },
    { x: 2, a: 20, 'band a': [15, 30] },
    { x: 3, a: null, 'band a': null },
  ])
})

it('gives no rows for no lines', () => expect(alignSeries([])).toEqual([]))

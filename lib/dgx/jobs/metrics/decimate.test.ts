import { expect, it } from 'vitest'
import { decimate } from './decimate'

const range = (count: number) => Array.from({ length: count }, (_, i) => i)

it('gives all of few points as they are', () => {
  expect(decimate([1, 2, 5], [0.5, Number.NaN, -Infinity], 3)).toEqual([
    [1, 0.5],
    [2, 'NaN'],
    [5, '-Infinity'],
  ])
  expect(decimate([], [], 10)).toEqual([])
})

it('keeps the first, the last, and the least and greatest of what lies between', () => {
  const xs = range(10_000)
  const values = xs.map((x) => (x === 4321 ? 1000 : x === 7000 ? -1000 : x % 10))
  const points = decimate(xs, values, 100)
  expect(points).toHaveLength(100)
  expect(points[0]).toEqual([0, 0])
  expect(points.at(-1)).toEqual([9999, 9])
  expect(Math.max(...points.map(([, , , max = 0]) => max))).toBe(1000)
  expect(Math.min(...points.map(([, , min = 0]) => min))).toBe(-1000)
  expect(points.every(([x], i) => i === 0 || x > (points[i - 1]?.[0] ?? 0))).toBe(true)
  expect(points[10]?.[1]).toBeCloseTo(4.5, 0)
})

it('keeps every value that is not finite, in its place', () => {
  const values = range(1000).map((x) => (x % 100 === 50 ? (x === 150 ? Infinity : Number.NaN) : x))
  const points = decimate(range(1000), values, 20)
  expect(points.filter(([, value]) => typeof value === 'string')).toEqual([
    [50, 'NaN'],
    [150, 'Infinity'],
    ...range(8).map((i) => [250 + 100 * i, 'NaN']),
  ])
  expect(points.filter(([, value]) => typeof value === 'number')).toHaveLength(20)
  expect(points.every(([x], i) => i === 0 || x > (points[i - 1]?.[0] ?? 0))).toBe(true)
})

it('keeps some of each kind where most are not finite', () => {
  const values = range(100_000).map((x) => (x < 100 ? 1 : x % 2 ? Number.NaN : Infinity))
  const points = decimate(range(100_000), values, 300)
  expect(points.length).toBeLessThanOrEqual(900)
  expect(new Set(points.slice(1).map(([, value]) => value))).toEqual(
    new Set([1, 'NaN', 'Infinity']),
  )
})

it('gives finite means of the greatest numbers', () => {
  const points = decimate(range(100), new Array(100).fill(Number.MAX_VALUE), 10)
  expect(points.every(([, value]) => value === Number.MAX_VALUE)).toBe(true)
})

import { expect, test } from 'vitest'
import { pathsOf } from './sparkline'

const lineOf = (values: (number | null)[], max?: number) => pathsOf(values, values.length, max).line

test('a gap breaks the line, and a value alone in gaps is still drawn', () => {
  expect(lineOf([0, 50, null, 100, null, 25], 100)).toBe(
    'M0.0 24.0L0.0 24.0L20.0 12.0M60.0 0.0L60.0 0.0M100.0 18.0L100.0 18.0',
  )
})

test('without a maximum the greatest value is the top', () => {
  expect(lineOf([5, 10])).toBe('M0.0 12.0L0.0 12.0L100.0 0.0')
})

test('a value above the maximum stays inside, and all zeros lie on the bottom', () => {
  expect(lineOf([150, -3], 100)).toBe('M0.0 0.0L0.0 0.0L100.0 24.0')
  expect(lineOf([0, 0])).toBe('M0.0 24.0L0.0 24.0L100.0 24.0')
})

test('nothing known draws nothing', () => {
  expect(lineOf([null, null])).toBe('')
  expect(lineOf([])).toBe('')
})

test('fewer values than there is room for are drawn at the right', () => {
  expect(pathsOf([100, 100], 5, 100).line).toBe('M75.0 0.0L75.0 0.0L100.0 0.0')
})

test('the area under a line ends with it', () => {
  expect(pathsOf([100, null, 50], 3, 100).area).toBe(
    'M0.0 24L0.0 0.0L0.0 24ZM100.0 24L100.0 12.0L100.0 24Z',
  )
})

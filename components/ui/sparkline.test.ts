import { expect, test } from 'vitest'
import { pathOf } from './sparkline'

test('a gap breaks the line, and a value alone in gaps is still drawn', () => {
  expect(pathOf([0, 50, null, 100, null, 25], 100)).toBe(
    'M0.0 24.0L0.0 24.0L20.0 12.0M60.0 0.0L60.0 0.0M100.0 18.0L100.0 18.0',
  )
})

test('without a maximum the greatest value is the top', () => {
  expect(pathOf([5, 10])).toBe('M0.0 12.0L0.0 12.0L100.0 0.0')
})

test('a value above the maximum stays inside, and all zeros lie on the bottom', () => {
  expect(pathOf([150, -3], 100)).toBe('M0.0 0.0L0.0 0.0L100.0 24.0')
  expect(pathOf([0, 0])).toBe('M0.0 24.0L0.0 24.0L100.0 24.0')
})

test('nothing known draws nothing', () => {
  expect(pathOf([null, null])).toBe('')
  expect(pathOf([])).toBe('')
})

import { expect, it } from 'vitest'
import { axisEnd } from './gpu-metrics'

const line = (...average: (number | null)[]) => ({ average })

it('ends the axis at what the machine can, whatever it does now', () =>
  expect(axisEnd(400, [line(55, 60)])).toBe(400))
it.each([
  [61, 80],
  [9.6, 15],
  [640, 800],
  [0.004, 0.005],
])('ends it at a round number above %d where no limit is known', (value, end) =>
  expect(axisEnd(null, [line(null, value)])).toBeCloseTo(end),
)
it('does not cut off a value above the limit, or the greatest of a bucket', () => {
  expect(axisEnd(400, [line(450)])).toBeGreaterThan(450)
  expect(axisEnd(null, [{ average: [10], greatest: [90] }])).toBeGreaterThan(90)
})
it('has an axis without any value', () => expect(axisEnd(null, [])).toBe(1))

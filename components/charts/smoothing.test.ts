import { describe, expect, it } from 'vitest'
import { smooth } from './smoothing'

describe('smooth', () => {
  it('changes nothing with weight 0', () => expect(smooth([3, 1, 2], 0)).toEqual([3, 1, 2]))

  it('starts at the first value and keeps a constant line where it is', () => {
    for (const value of smooth([5, 5, 5, 5], 0.99)) expect(value).toBeCloseTo(5, 10)
  })

  it('weighs the past', () => {
    const [first, second] = smooth([0, 1], 0.5)
    expect(first).toBe(0)
    // Half of the sum of weights 0.25 and 0.5 is the newer value's.
    expect(second).toBeCloseTo(2 / 3, 10)
  })

  it('swings less than the raw line', () => {
    const raw = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 1 : -1))
    const tail = smooth(raw, 0.9)
      .slice(50)
      .map((value) => Math.abs(value ?? 1))
    expect(Math.max(...tail)).toBeLessThan(0.1)
  })

  it('leaves gaps open and goes on after them as before', () => {
    const [a, gap, b] = smooth([4, null, 4], 0.8)
    expect([a, gap]).toEqual([4, null].map((value) => value && expect.closeTo(value, 10)))
    expect(b).toBeCloseTo(4, 10)
  })
})

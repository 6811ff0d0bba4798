import { describe, expect, it } from 'vitest'
import { elapsedTicks, logTicks, stepTicks } from './axis-ticks'

describe('elapsedTicks', () => {
  it.each([
    [4, [0, 1, 2, 3, 4]],
    [3600, [0, 900, 1800, 2700, 3600]],
    [20_000, [0, 7200, 14_400]],
    [3 * 86_400, [0, 86_400, 172_800, 259_200]],
    [0, [0]],
  ])('are round times up to %d s', (to, ticks) => expect(elapsedTicks(to)).toEqual(ticks))

  it('stay few over months', () => expect(elapsedTicks(90 * 86_400).length).toBeLessThanOrEqual(6))
})

describe('stepTicks', () => {
  it.each([
    [50, 12_000, [2000, 4000, 6000, 8000, 10_000, 12_000]],
    [1, 4, [1, 2, 3, 4]],
    [10, 30, [10, 15, 20, 25, 30]],
    [7, 7, [7]],
  ])('are round from %d to %d', (from, to, ticks) => expect(stepTicks(from, to)).toEqual(ticks))
})

describe('logTicks', () => {
  it.each([
    [0.31, 2.4, [0.2, 0.5, 1, 2, 5]],
    [1, 10, [1, 2, 5, 10]],
    [3, 3, [2, 5]],
    [1, 1, [1, 2]],
  ])('hold %d to %d', (least, greatest, ticks) => expect(logTicks(least, greatest)).toEqual(ticks))

  it('are powers of ten alone over many decades', () => {
    const ticks = logTicks(3e-7, 40_000)
    expect(ticks.length).toBeLessThan(10)
    expect(ticks[0]).toBeLessThanOrEqual(3e-7)
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(40_000)
  })
})

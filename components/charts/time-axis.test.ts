import { describe, expect, it } from 'vitest'
import { timeTicks } from './time-axis'

const at = (...local: [number, number, number, number?, number?, number?]) =>
  new Date(...local).getTime() / 1000

describe('timeTicks', () => {
  it('writes seconds, minutes or days, by the distance of the ticks', () => {
    const time = at(2026, 2, 1, 8, 30, 15)
    expect(timeTicks([time], 15)).toEqual(['08:30:15'])
    expect(timeTicks([time], 300)).toEqual(['08:30'])
    expect(timeTicks([time], 86_400)).toEqual(['1 Mar'])
  })

  it('writes the day where a new one begins', () =>
    expect(timeTicks([at(2026, 2, 1, 23), at(2026, 2, 2, 0)], 3600)).toEqual(['23:00', '2 Mar']))
})

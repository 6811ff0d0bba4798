import { expect, it } from 'vitest'
import { chartSummary } from './chart-summary'

const whole = (value: number) => value.toFixed(0)

it('says from where to where each line went and where it is', () => {
  const lines = [
    { label: 'GPU 0', average: [98, 3, null, 50, null] },
    { label: 'GPU 1', average: [null, null] },
  ]
  expect(chartSummary(lines, '%', whole)).toBe('GPU 0 from 3 to 98, last 50 %; GPU 1 has no values')
})

it('says so when there is nothing', () =>
  expect(chartSummary([], '%', whole)).toBe('nothing was recorded'))

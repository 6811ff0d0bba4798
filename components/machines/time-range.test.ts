import { describe, expect, it } from 'vitest'
import { historyParameters, readTimeRange, zoomQuery } from './time-range'

const FROM = '2026-03-01T08:00:00Z'
const TO = '2026-03-01T09:00:00Z'

describe('readTimeRange', () => {
  it.each([
    ['live', 1 / 6],
    ['1h', 1],
    ['30d', 720],
    ['1y', 8760],
  ])('reads %s', (range, hours) =>
    expect(readTimeRange({ range }, 'live')).toEqual({ key: range, hours, zoom: null }),
  )

  it('reads a zoom, and remembers the range it was dragged out of', () =>
    expect(readTimeRange({ range: '6h', from: FROM, to: TO }, 'live')).toEqual({
      key: '6h',
      hours: 6,
      zoom: { from: Date.parse(FROM), to: Date.parse(TO) },
    }))

  it.each([
    ['an unknown range', { range: '5 minutes' }],
    ['a range twice', { range: ['1h', '6h'] }],
    ['no time', { from: 'yesterday', to: TO }],
    ['half a zoom', { from: FROM }],
    ['a zoom that ends before it begins', { from: TO, to: FROM }],
    ['a zoom of nothing', { from: FROM, to: FROM }],
    ['more than a year', { from: '1999-01-01T00:00:00Z', to: TO }],
  ])('shows the default for %s', (_what, params) =>
    expect(readTimeRange(params, '24h')).toEqual({ key: '24h', hours: 24, zoom: null }),
  )
})

describe('zoomQuery', () => {
  it('is read back as the same time', () => {
    const query = zoomQuery('6h', Date.parse(FROM), Date.parse(TO))
    const params = Object.fromEntries(new URLSearchParams(query))
    expect(readTimeRange(params, 'live').zoom).toEqual({
      from: Date.parse(FROM),
      to: Date.parse(TO),
    })
  })

  it('widens a drag that is too short to draw, around its middle', () => {
    const at = Date.parse(FROM)
    const params = Object.fromEntries(new URLSearchParams(zoomQuery('live', at + 400, at + 700)))
    const { zoom } = readTimeRange(params, 'live')
    expect(zoom?.from).toBeLessThan(at + 400)
    expect(zoom?.to).toBeGreaterThan(at + 700)
  })
})

describe('historyParameters', () => {
  it('asks the API for the same time', () => {
    expect(historyParameters(readTimeRange({ range: '6h' }, 'live'))).toBe('hours=6')
    expect(historyParameters(readTimeRange({ from: FROM, to: TO }, 'live'))).toBe(
      `from=${FROM}&to=${TO}`,
    )
  })
})

import { describe, expect, it } from 'vitest'
import { rangeOf, readReportFilters, writeReportFilters } from './report-filters'

const NOW = Date.UTC(2026, 10, 26, 12)
const read = (query: string) =>
  readReportFilters(Object.fromEntries(new URLSearchParams(query)), NOW)

describe('the filters of a report', () => {
  it('are a week of everything by default', () => {
    expect(read('')).toEqual({ period: '7d', from: '', to: '', machine: '', project: '' })
    expect(rangeOf(read(''))).toEqual({ hours: 168 })
    expect(writeReportFilters(read(''))).toBe('')
  })

  it.each(['?period=30d', '?from=2026-11-01&to=2026-11-15&machine=m&project=p'])(
    'come back from the address %s',
    (query) => expect(writeReportFilters(read(query))).toBe(query),
  )

  it('include the whole last day', () => {
    expect(rangeOf(read('from=2026-11-01&to=2026-11-01'))).toEqual({
      from: new Date('2026-11-01T00:00:00Z'),
      to: new Date('2026-11-02T00:00:00Z'),
    })
  })

  it.each([
    'period=century',
    'from=2026-11-01',
    'from=2026-11-05&to=2026-11-01',
    'from=2020-01-01&to=2026-11-01',
    'from=2026-12-01&to=2026-12-02',
    'from=2026-13-40&to=2026-11-01',
  ])('fall back to the week where %s makes no sense', (query) =>
    expect(rangeOf(read(query))).toEqual({ hours: 168 }),
  )
})

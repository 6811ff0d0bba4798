import { describe, expect, it } from 'vitest'
import { isAuditFiltered, readAuditFilters, writeAuditFilters } from './audit-filters'

describe('the filters of the audit trail in an address', () => {
  it('come back as they were written', () => {
    const filters = {
      q: 'rm -rf & more',
      caller: 'mcp',
      kind: 'commands',
      connection_id: 'dgx 1',
      target_id: 'j&1',
      outcome: 'failed',
      since: '7d',
      cursor: 'abc',
    } as const
    const params = Object.fromEntries(new URLSearchParams(writeAuditFilters(filters)))
    expect(readAuditFilters(params)).toEqual(filters)
  })

  it('are none where nothing is asked for, or nothing that there is', () => {
    expect(writeAuditFilters(readAuditFilters({}))).toBe('')
    const odd = { caller: 'nobody', kind: 'x', outcome: 'y', since: '1y', q: ' ' }
    expect(writeAuditFilters(readAuditFilters(odd))).toBe('')
    expect(isAuditFiltered(readAuditFilters({ cursor: 'x' }))).toBe(false)
    expect(isAuditFiltered(readAuditFilters({ target_id: ['x', 'y'] }))).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import { isFiltered, readFilters, writeFilters } from './job-filters'

describe('the filters in an address', () => {
  it('come back as they were written', () => {
    const filters = {
      search: 'a&b=1 %',
      status: ['running', 'failed'],
      project_id: 'p,1',
      sort: 'name',
      cursor: 'abc',
    } satisfies ReturnType<typeof readFilters>
    const params = Object.fromEntries(new URLSearchParams(writeFilters(filters)))
    expect(readFilters(params)).toEqual(filters)
    expect(writeFilters({ ...filters, search: '', project_id: '', cursor: '' })).toBe(
      '?status=running,failed&sort=name',
    )
  })

  it('are none where nothing is asked for, or nothing that there is', () => {
    expect(writeFilters(readFilters({}))).toBe('')
    expect(writeFilters(readFilters({ status: 'asleep', sort: 'colour', search: '  ' }))).toBe('')
    expect(isFiltered(readFilters({ sort: 'name', cursor: 'x' }))).toBe(false)
  })

  it('come from a plain form as well, with a parameter for each box', () => {
    expect(readFilters({ status: ['failed', 'running'], search: ['a', 'b'] })).toMatchObject({
      status: ['running', 'failed'],
      search: 'a',
    })
  })
})

import { expect, it } from 'vitest'
import { compareHref, readIds } from './compare-ids'

it('names each job once and says which are too many', () => {
  expect(readIds('a,b,,a, c ')).toEqual({ ids: ['a', 'b', 'c'], left: [] })
  expect(readIds(['a,b', 'c'])).toEqual({ ids: ['a', 'b', 'c'], left: [] })
  expect(readIds(undefined)).toEqual({ ids: [], left: [] })
  expect(readIds('1,2,3,4,5,6,7,8,9').left).toEqual(['9'])
})

it('writes an address that it reads', () => {
  const url = new URL(compareHref(['a', 'b&c'], { all: true }), 'http://app')
  expect(readIds(url.searchParams.get('ids') ?? '').ids).toEqual(['a', 'b&c'])
  expect(url.searchParams.get('all')).toBe('1')
})

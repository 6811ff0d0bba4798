import { describe, expect, it } from 'vitest'
import { dropPlace, moved, ordered } from './order'

describe('the order of machines', () => {
  it.each([
    [0, 2, 'bca'],
    [2, 0, 'cab'],
    [1, 1, 'abc'],
    [1, -1, 'bac'],
    [1, 9, 'acb'],
  ])('moves %i to %i', (from, to, result) => {
    expect(moved([...'abc'], from, to).join('')).toBe(result)
  })

  it('keeps what an order does not name behind it', () => {
    const items = [...'abcd'].map((id) => ({ id }))
    expect(ordered(items, ['c', 'gone', 'a']).map(({ id }) => id)).toEqual(['c', 'a', 'b', 'd'])
  })

  const boxes = [0, 50, 100, 200].map((top, i) => ({ top, height: i === 2 ? 100 : 50 }))
  it.each([
    [0, 20, 0],
    [0, 26, 1],
    [0, 101, 2],
    [0, 1_000, 3],
    [3, -20, 3],
    [3, -51, 2],
    [3, -1_000, 0],
    [1, 0, 1],
  ])('drops line %i after %i px at %i', (from, by, place) => {
    expect(dropPlace(boxes, from, by)).toBe(place)
  })
})

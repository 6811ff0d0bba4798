import { describe, expect, it } from 'vitest'
import { flatten, written } from './flatten'

describe('flatten', () => {
  it('joins nested keys with dots, and keeps lists and empty objects whole', () => {
    expect(
      flatten({ lr: 1, model: { name: 'vit', head: { dim: 8 } }, gpus: [0, 1], none: {} }),
    ).toEqual({
      lr: 1,
      'model.name': 'vit',
      'model.head.dim': 8,
      gpus: [0, 1],
      none: {},
    })
  })

  it('keeps null, false and 0', () =>
    expect(flatten({ a: { b: null, c: false, d: 0 } })).toEqual({
      'a.b': null,
      'a.c': false,
      'a.d': 0,
    }))
})

it('writes text as it is and the rest as JSON', () => {
  expect([written('a b'), written(1e-5), written([1, { a: null }])]).toEqual([
    'a b',
    '0.00001',
    '[1,{"a":null}]',
  ])
})

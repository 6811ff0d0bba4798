import { describe, expect, it } from 'vitest'
import { diffConfigs } from './config-diff'

const different = (...configs: Record<string, unknown>[]) =>
  diffConfigs(configs).flatMap(({ key, isDifferent }) => (isDifferent ? [key] : []))

describe('diffConfigs', () => {
  it('lists every key once, nested ones with dots, and marks those that differ', () => {
    expect(
      diffConfigs([
        { opt: { lr: 1 }, seed: 1 },
        { opt: { lr: 2 }, seed: 1 },
      ]),
    ).toEqual([
      { key: 'opt.lr', values: [1, 2], isDifferent: true },
      { key: 'seed', values: [1, 1], isDifferent: false },
    ])
  })

  it('counts a key that one config lacks as different, also beside null', () => {
    expect(diffConfigs([{ a: null }, {}])).toEqual([
      { key: 'a', values: [null, undefined], isDifferent: true },
    ])
  })

  it('tells 1 from "1", and [1,2] from [2,1]', () => {
    expect(different({ a: 1, b: [1, 2] }, { a: '1', b: [2, 1] })).toEqual(['a', 'b'])
  })

  it('sees no difference in the order of keys', () => {
    expect(different({ a: [{ x: 1, y: 2 }] }, { a: [{ y: 2, x: 1 }] })).toEqual([])
  })

  it('finds the one that differs among many', () => {
    expect(different({ a: 1 }, { a: 1 }, { a: 1 }, { a: 2 })).toEqual(['a'])
  })
})

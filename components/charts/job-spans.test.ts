import { describe, expect, it } from 'vitest'
import { countLanes, type JobSpan, layOutSpans } from './job-spans'

const span = (name: string, from: number, to: number | null): JobSpan => ({
  id: name,
  name,
  from,
  to,
})
const lanes = (...spans: JobSpan[]) =>
  Object.fromEntries(layOutSpans(spans).map(({ span: { name }, lane }) => [name, lane]))

describe('layOutSpans', () => {
  it('uses one lane for jobs one after the other', () =>
    expect(lanes(span('b', 10, 20), span('a', 0, 10))).toEqual({ a: 0, b: 0 }))
  it('gives jobs at the same time a lane each, and a free one again', () =>
    expect(lanes(span('a', 0, 30), span('b', 10, 20), span('c', 20, 40))).toEqual({
      a: 0,
      b: 1,
      c: 1,
    }))
  it('lets a job that still runs keep its lane', () =>
    expect(lanes(span('a', 0, null), span('b', 1000, 2000))).toEqual({ a: 0, b: 1 }))
  it('names three at once and no more', () => {
    const all = ['a', 'b', 'c', 'd'].map((name, i) => span(name, i, 100))
    expect(lanes(...all)).toEqual({ a: 0, b: 1, c: 2, d: null })
    expect(countLanes(all)).toBe(3)
  })
  it('takes no room without jobs', () => expect(countLanes([])).toBe(0))
})

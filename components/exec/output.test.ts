import { describe, expect, it } from 'vitest'
import { append, NO_OUTPUT, textOf } from './output'

describe('the output of a command on the page', () => {
  it('keeps the order of both streams', () => {
    const output = append(NO_OUTPUT, [
      { stream: 'stdout', text: 'one ' },
      { stream: 'stdout', text: 'two\n' },
      { stream: 'stderr', text: 'oh\n' },
      { stream: 'stdout', text: 'three\n' },
    ])
    expect(output.pieces.map(({ stream, text }) => [stream, text])).toEqual([
      ['stdout', 'one two\n'],
      ['stderr', 'oh\n'],
      ['stdout', 'three\n'],
    ])
    expect(textOf(output)).toBe('one two\noh\nthree\n')
  })

  it('cuts the beginning of endless output, and says how much', () => {
    let output = NO_OUTPUT
    for (let i = 0; i < 50; i += 1) {
      output = append(output, [{ stream: 'stdout', text: 'x'.repeat(9_999) + i }])
    }
    const whole = 50 * 9_999 + 10 + 80
    expect(textOf(output)).toHaveLength(200_000)
    expect(output.cutChars).toBe(whole - 200_000)
    expect(textOf(output)).toMatch(/x49$/)
  })

  it('bounds the elements too, and gives the kept ones the keys they had', () => {
    const lines = Array.from({ length: 3_000 }, (_, i) => ({
      stream: i % 2 === 0 ? ('stdout' as const) : ('stderr' as const),
      text: `${i}\n`,
    }))
    const output = append(NO_OUTPUT, lines)
    expect(output.pieces).toHaveLength(2_000)
    expect(output.pieces[0]).toEqual({ key: 1_001, stream: 'stdout', text: '1000\n' })
    expect(output.cutChars).toBe(10 * 2 + 90 * 3 + 900 * 4)
  })
})

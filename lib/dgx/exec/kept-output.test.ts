import { describe, expect, it } from 'vitest'
import { KeptOutput } from './kept-output'

const outputOf = (...chunks: string[]) => {
  const output = new KeptOutput()
  for (const chunk of chunks) output.push(Buffer.from(chunk))
  return output
}

describe('KeptOutput', () => {
  it('gives what is short as it is', () => {
    expect(outputOf('ab', 'c').excerpt(3)).toBe('abc')
  })

  it('cuts the middle out of what is long and counts it', () => {
    const text = outputOf('a'.repeat(100), 'b'.repeat(100)).excerpt(60)
    expect(text).toBe(`${'a'.repeat(20)}\n[... 140 bytes left out ...]\n${'b'.repeat(40)}`)
  })

  it('reads on from where the last piece ended, without splitting a character', () => {
    const output = outputOf('aé€b')
    const first = output.read(0, 2)
    expect(first).toEqual({ text: 'a', offset: 0, next_offset: 1 })
    const second = output.read(first.next_offset, 4)
    expect(second).toEqual({ text: 'é', offset: 1, next_offset: 3 })
    expect(output.read(second.next_offset, 10)).toEqual({ text: '€b', offset: 3, next_offset: 7 })
  })

  it('forgets the oldest of a flood but not its beginning', () => {
    const output = outputOf('begin')
    for (let i = 0; i < 40; i += 1) output.push(Buffer.alloc(100_000, 'x'))
    output.push(Buffer.from('end'))
    expect(output.totalBytes).toBe(4_000_008)
    const { offset, next_offset } = output.read(0, 10)
    expect([offset, next_offset]).toEqual([4_000_008 - 1024 * 1024, 4_000_018 - 1024 * 1024])
    const text = output.excerpt(300)
    expect(text.startsWith('beginxx') && text.endsWith('xend')).toBe(true)
  })
})

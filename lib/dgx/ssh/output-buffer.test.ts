import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OutputBuffer } from './output-buffer'

describe('OutputBuffer', () => {
  it('gives back what fits, whole', () => {
    const buffer = new OutputBuffer(10)
    buffer.push(Buffer.from('12345'))
    buffer.push(Buffer.from('67890'))
    expect(buffer.isTruncated).toBe(false)
    expect(buffer.text()).toBe('1234567890')
  })

  it('keeps head and tail and says how much it left out', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 64 }),
        fc.array(fc.string({ unit: 'binary-ascii', maxLength: 40 }), { maxLength: 20 }),
        (limit, chunks) => {
          const buffer = new OutputBuffer(limit)
          const all = chunks.join('')
          for (const chunk of chunks) buffer.push(Buffer.from(chunk))
          expect(buffer.totalBytes).toBe(all.length)
          expect(buffer.isTruncated).toBe(all.length > limit)
          const head = all.slice(0, Math.ceil(limit / 2))
          const tail = limit < 2 ? '' : all.slice(-Math.floor(limit / 2))
          const expected =
            all.length > limit
              ? `${head}\n[... ${all.length - limit} bytes left out ...]\n${tail}`
              : all
          expect(buffer.text()).toBe(expected)
        },
      ),
    )
  })

  it('does not show halves of characters at a cut', () => {
    const buffer = new OutputBuffer(9)
    buffer.push(Buffer.from('€€€€€€€€€€'))
    expect(buffer.text()).toBe('€\n[... 21 bytes left out ...]\n€')
  })

  it('keeps bounded memory under a flood of large chunks', () => {
    const buffer = new OutputBuffer(1024)
    for (let i = 0; i < 2_000; i += 1) buffer.push(Buffer.alloc(65_536, 'y'))
    expect(buffer.totalBytes).toBe(2_000 * 65_536)
    expect(buffer.text().length).toBeLessThan(1_100)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detailOf } from './detail'

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

describe('what an entry keeps of what was sent', () => {
  it('is all of it, where it is short', () => {
    const sent = { command: 'nvidia-smi -L', cwd: '/data' }
    expect(detailOf(sent)).toEqual(sent)
  })

  it('is the beginning of a long command, and how long it was', () => {
    const detail = detailOf({ command: `echo start; ${'x'.repeat(9_000)}` })
    expect(detail['command']).toMatch(/^echo start; x{2988}… \(9012 characters\)$/)
  })

  it('never has half of a secret that the cut went through', () => {
    for (let length = 16_350; length < 16_400; length += 1) {
      const detail = detailOf({
        command: `A_KEY="${'a'.repeat(length - 20)}" hf_S3cretS3cret ${'b '.repeat(400)}`,
      })
      expect(JSON.stringify(detail)).not.toContain('S3c')
    }
  })

  it('fits, whatever was sent', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (sent) => {
        expect(bytesOf(detailOf(sent))).toBeLessThanOrEqual(4096)
      }),
    )
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`field ${i}`, '…']))
    expect(bytesOf(detailOf(many))).toBeLessThanOrEqual(4096)
    expect(bytesOf(detailOf({ config: many, notes: '…'.repeat(500_000) }))).toBeLessThanOrEqual(
      4096,
    )
  })
})

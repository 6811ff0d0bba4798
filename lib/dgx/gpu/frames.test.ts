import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { A100_X8, csvRow, frameText, hostLines, MARKER } from './fixtures'
import { FrameReader } from './frames'

function read(text: string | Uint8Array): ReturnType<FrameReader['push']> {
  return new FrameReader(MARKER).push(text)
}

/** Plain data, so that frames can be compared. */
function plain(frames: ReturnType<FrameReader['push']>): unknown {
  return frames.map(({ seq, sections }) => ({ seq, sections: [...sections.values()] }))
}

describe('FrameReader', () => {
  it('gives the sections of a frame with their arguments and lines', () => {
    const [frame] = read(frameText({ seq: 7, fast: ['one', 'two'], exitCode: 15 }))
    expect(frame?.seq).toBe(7)
    expect(frame?.sections.get('fast')).toEqual({
      name: 'fast',
      args: ['15', '60'],
      lines: ['one', 'two'],
    })
  })

  it('reads through a greeting, echoes of a profile, carriage returns and terminal colours', () => {
    const noisy = `Welcome to spark-07!\r\n\u001b[1;32mlast login: today\u001b[0m\r\n${frameText({
      fast: ['a', '\u001b[4mb\u001b[0m'],
    })
      .replaceAll('\n', '\r\n')
      .replace(`@${MARKER} section fast`, `\u001b[0m@${MARKER} section fast`)}bye\r\n`
    const reader = new FrameReader(MARKER)
    const frames = reader.push(noisy)
    expect(frames.map(({ sections }) => sections.get('fast')?.lines)).toEqual([['a', 'b']])
    expect(reader.noise).toContain('Welcome to spark-07!\nlast login: today')
  })

  it('takes a marker inside a line, or of another run, for content', () => {
    const lines = [`python3 @${MARKER} end`, '@00000000 end', '@deadbeef begin 1']
    const [frame] = read(frameText({ fast: lines }))
    expect(frame?.sections.get('fast')?.lines).toEqual(lines)
  })

  it('drops a frame that is cut short by the next begin, and reads on', () => {
    const cut = frameText({ seq: 1, fast: ['x'] }).replace(`@${MARKER} end`, '')
    const reader = new FrameReader(MARKER)
    expect(reader.push(cut + frameText({ seq: 2 })).map(({ seq }) => seq)).toEqual([2])
    expect(reader.dropped).toBe(1)
  })

  it('drops a frame that is too large, whether in lines or in one endless line', () => {
    const reader = new FrameReader(MARKER, { maxFrameChars: 1000 })
    const many = frameText({ seq: 1, fast: Array.from({ length: 200 }, () => 'some text') })
    const endless = frameText({ seq: 2, fast: ['y'.repeat(5000)] })
    const seqs = reader.push(many + endless + frameText({ seq: 3 })).map(({ seq }) => seq)
    expect(seqs).toEqual([3])
    expect(reader.dropped).toBe(2)
  })

  it('keeps its memory bounded while an endless line arrives in pieces', () => {
    const reader = new FrameReader(MARKER, { maxFrameChars: 1000 })
    reader.push(`@${MARKER} begin 1\n@${MARKER} section fast 0\n`)
    for (let i = 0; i < 2000; i++) expect(reader.push('z'.repeat(997))).toEqual([])
    expect(JSON.stringify(reader).length).toBeLessThan(8192)
    expect(reader.push(`\n@${MARKER} end\n${frameText({ seq: 2 })}`).map(({ seq }) => seq)).toEqual(
      [2],
    )
    expect(reader.dropped).toBe(1)
  })

  it('keeps characters whole that arrive in two chunks', () => {
    const bytes = Buffer.from(frameText({ fast: ['модель-µ-🚀'] }))
    const reader = new FrameReader(MARKER)
    const frames = Array.from(bytes).flatMap((byte) => reader.push(Uint8Array.of(byte)))
    expect(frames[0]?.sections.get('fast')?.lines).toEqual(['модель-µ-🚀'])
  })

  const pieces = fc.oneof(
    fc.constantFrom(
      frameText({ seq: 3, fast: A100_X8.map((gpu) => csvRow(gpu)), host: hostLines() }),
      frameText({ seq: 4, fast: ['é'.repeat(700)] }),
      `@${MARKER} begin 9\n`,
      `@${MARKER} section fast 0\r\n`,
      `@${MARKER} end`,
      '\n',
      '\r',
      '\u001b[31m',
    ),
    fc.string({ unit: 'binary', maxLength: 40 }),
  )
  const streams = fc
    .tuple(fc.array(pieces, { maxLength: 12 }), fc.uint8Array({ maxLength: 60 }))
    .map(([parts, tail]) =>
      Buffer.concat([Buffer.from(parts.join('')), tail, Buffer.from(parts.join(''))]),
    )

  it('never throws on any bytes, and gives the same frames however they are cut', () => {
    let framesSeen = 0
    fc.assert(
      fc.property(
        streams,
        fc.array(fc.nat(400), { minLength: 1, maxLength: 30 }),
        (bytes, sizes) => {
          const whole = new FrameReader(MARKER, { maxFrameChars: 2000 })
          const cut = new FrameReader(MARKER, { maxFrameChars: 2000 })
          const expected = whole.push(bytes)
          const got: typeof expected = []
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = Math.max(1, sizes[i % sizes.length] ?? 1)
            got.push(...cut.push(bytes.subarray(at, at + size)))
            at += size
          }
          framesSeen += expected.length
          expect(plain(got)).toEqual(plain(expected))
          expect([cut.dropped, cut.noise]).toEqual([whole.dropped, whole.noise])
        },
      ),
      { numRuns: 400 },
    )
    expect(framesSeen).toBeGreaterThan(50)
  })
})

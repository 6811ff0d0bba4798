import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PieceReader } from './piece-reader'
import { foldProgress, stripAnsi } from './text'

const inPieces = (
  bytes: Buffer,
  cuts: number[],
  options: { ansi: 'keep' | 'strip'; progress: 'keep' | 'fold' },
) => {
  const reader = new PieceReader({ ...options, isTail: false })
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length]
  places.sort((a, b) => a - b)
  const pieces = places
    .slice(1)
    .map((to, i) => reader.read(bytes.subarray(places[i], to), places[i] ?? 0))
  return [...pieces, reader.finish()].filter((piece) => piece !== null)
}
const joined = (pieces: { text: string }[]) => pieces.map(({ text }) => text).join('')

const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom('é', '€', '😀', '\r', '\n', '\r\n', '\x1b[31m', '\x1b[0m', '10%', 'a b'),
      fc.constantFrom('\x1b]0;title\x07', '\x1b]8;;http://x\x1b\\', '\x1b(B', '\x1b='),
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.from(parts.join('')))
const anything = fc.oneof(
  nasty,
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
)
const cuts = fc.array(fc.nat(200), { maxLength: 8 })

describe('the text of a log in pieces', () => {
  it('is that of the whole, however it was cut, also of bytes that are no text', () => {
    fc.assert(
      fc.property(anything, cuts, (bytes, places) => {
        const pieces = inPieces(bytes, places, { ansi: 'keep', progress: 'keep' })
        expect(joined(pieces)).toBe(bytes.toString('utf8'))
        for (const [i, piece] of pieces.entries())
          expect(piece.offset).toBe(pieces[i - 1]?.next_offset ?? 0)
        expect(pieces.at(-1)?.next_offset ?? 0).toBe(bytes.length)
      }),
    )
  })

  it('loses escape sequences alike, however it was cut', () => {
    fc.assert(
      fc.property(nasty, cuts, (bytes, places) => {
        const pieces = inPieces(bytes, places, { ansi: 'strip', progress: 'keep' })
        expect(joined(pieces)).toBe(stripAnsi(bytes.toString('utf8')))
      }),
    )
  })

  it('folds to the same lines, however it was cut', () => {
    const fold = (text: string) => foldProgress(text, { isLineStart: true })
    fc.assert(
      fc.property(nasty, cuts, (bytes, places) => {
        const pieces = inPieces(bytes, places, { ansi: 'keep', progress: 'fold' })
        expect(fold(`${joined(pieces)}\n`)).toBe(fold(`${bytes.toString('utf8')}\n`))
      }),
    )
  })

  it('shows of a progress bar what it showed last', () => {
    const text = 'start\r\n 10%\r 50%\r100%\ndone\n 5%\r 6%'
    expect(foldProgress(text, { isLineStart: true })).toBe('start\n100%\ndone\n 6%')
    expect(foldProgress('\r 7%\r 8%', { isLineStart: false })).toBe('\r 8%')
  })

  it('takes colours, links and titles out, and nothing else', () => {
    const text =
      '\x1b[1;31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07 [31m plain \x1b[2K\x1b(B!'
    expect(stripAnsi(text)).toBe('red link [31m plain !')
  })
})

import { describe, expect, it } from 'vitest'
import { appendText, linesOf, MOST_LINES, NO_TEXT, nearest, prependLines, trim } from './log-text'

const out = (text: string, offset: number) => ({ stream: 'stdout' as const, offset, text })
const texts = (lines: readonly { text: string }[]) => lines.map(({ text }) => text)

describe('appendText', () => {
  it('puts pieces together into lines with their places, in bytes', () => {
    let text = appendText(NO_TEXT, out('über\nfo', 0))
    text = appendText(text, out('o\nbar', 8))
    expect(text.lines).toEqual([
      { id: 0, stream: 'stdout', offset: 0, text: 'über' },
      { id: 1, stream: 'stdout', offset: 6, text: 'foo' },
    ])
    expect(text.open.stdout).toEqual({ offset: 10, text: 'bar' })
  })

  it('keeps the streams apart where they meet within a line', () => {
    let text = appendText(NO_TEXT, out('half', 0))
    text = appendText(text, { stream: 'stderr', offset: 0, text: 'warning\n' })
    text = appendText(text, out(' line\n', 4))
    expect(texts(text.lines)).toEqual(['warning', 'half line'])
  })

  it('shows of a progress bar what it shows now', () => {
    let text = appendText(NO_TEXT, out('\r 1%\r 2%', 0))
    expect(text.open.stdout?.text).toBe(' 2%')
    text = appendText(text, out('\r100%\ndone\n', 8))
    expect(texts(text.lines)).toEqual(['100%', 'done'])
  })
})

describe('linesOf', () => {
  const bytes = new TextEncoder().encode('tail of one\ntwo\nthr')

  it('leaves out the line that it begins in, and gives the one that has no end apart', () => {
    expect(linesOf(bytes, { stream: 'stderr', offset: 100, isLineStart: false })).toEqual({
      lines: [{ stream: 'stderr', offset: 112, text: 'two' }],
      start: 112,
      end: 116,
      rest: 'thr',
    })
  })

  it('shows a line that is longer than the piece from its middle', () => {
    const long = new TextEncoder().encode('xxxx')
    const { lines, rest } = linesOf(long, { stream: 'stdout', offset: 7, isLineStart: false })
    expect([lines, rest]).toEqual([[], 'xxxx'])
  })
})

it('never holds more than its most, whichever side it grows on', () => {
  const many = Array.from({ length: MOST_LINES }, (_, i) => out(`${i}`, i))
  const text = appendText(prependLines(NO_TEXT, many), out('last\n', MOST_LINES))
  const newest = trim(text, 'start')
  expect(newest.lines.length).toBeLessThan(MOST_LINES)
  expect(newest.lines.at(-1)?.text).toBe('last')
  const oldest = trim(text, 'end')
  expect(oldest.lines[0]?.text).toBe('0')
  expect(oldest.lines.length).toBe(newest.lines.length)
})

it('adds of a part of short lines those that are nearest, so that the window keeps what is in sight', () => {
  const lines = Array.from({ length: 5_000 }, (_, i) => out('', i))
  const part = { lines, start: 0, end: 5_000, rest: 'x' }
  const last = nearest(part, 'last')
  expect([last.start, last.end, last.rest]).toEqual([4_000, 5_000, 'x'])
  const first = nearest(part, 'first')
  expect([first.start, first.end, first.rest]).toEqual([0, 1_000, ''])
  const around = nearest(part, 2_500)
  expect([around.start, around.end]).toEqual([2_000, 3_000])
  expect(last.lines.length).toBeLessThan(MOST_LINES / 2)
})

import { describe, expect, it } from 'vitest'
import { parseAnsi, plainText } from './ansi'

describe('parseAnsi', () => {
  it('gives colours and weights to the text between them', () => {
    expect(parseAnsi('a \x1b[1;31mb\x1b[0m c')).toMatchObject([
      { text: 'a ', style: null },
      { text: 'b', style: { colour: 1, isBold: true } },
      { text: ' c', style: null },
    ])
  })

  it('knows bright, 256 and true colours', () => {
    const styles = parseAnsi('\x1b[92ma\x1b[38;5;196mb\x1b[48;2;1;2;300mc').map(
      ({ style }) => style,
    )
    expect(styles).toMatchObject([
      { colour: 10 },
      { colour: '#ff0000' },
      { colour: '#ff0000', background: '#0102ff' },
    ])
  })

  it('drops every other sequence and what cannot be seen', () => {
    expect(plainText('\x1b[2K\x1b]0;title\x07x\x1b[?25l\x08y\x1b(B')).toBe('xy')
    expect(plainText('cut \x1b[3')).toBe('cut 3')
    expect(plainText('\x1b')).toBe('')
  })

  it('leaves markup as the text that it is', () => {
    expect(parseAnsi('<img src=x onerror=alert(1)>')).toEqual([
      { text: '<img src=x onerror=alert(1)>', style: null },
    ])
  })
})

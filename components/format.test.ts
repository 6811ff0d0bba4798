import { describe, expect, it } from 'vitest'
import { milliseconds, splitSentence } from './format'

describe('a text as its first sentence and the rest', () => {
  it.each([
    [
      '127.0.0.1 refused it on port 1. Check the port.',
      '127.0.0.1 refused it on port 1.',
      'Check the port.',
    ],
    ['nvidia-smi is missing; install it.', 'nvidia-smi is missing.', 'Install it.'],
    ['One sentence alone.', 'One sentence alone.', null],
    ['no end', 'no end', null],
  ])('%s', (text, first, rest) => {
    expect(splitSentence(text)).toEqual([first, rest])
  })
})

describe('how long something took', () => {
  it.each([
    [null, '–'],
    [0.4, '0 ms'],
    [999, '999 ms'],
    [1234, '1.2 s'],
    [12_345, '12 s'],
    [125_000, '2 min'],
  ])('%j ms is %j', (ms, text) => {
    expect(milliseconds(ms)).toBe(text)
  })
})

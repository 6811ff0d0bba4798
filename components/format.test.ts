import { describe, expect, it } from 'vitest'
import { splitSentence } from './format'

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

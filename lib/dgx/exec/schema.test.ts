import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { execInput } from './schema'

const problemOf = (body: object) => execInput.safeParse(body).error?.issues[0]?.message

describe('the command of exec', () => {
  it('is text for the shell as it stands', () => {
    expect(execInput.parse({ command: 'echo $HOME | wc -c' }).command).toBe('echo $HOME | wc -c')
  })

  it('is a list whose words reach the program as they are', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), (words) => {
        const wanted = words.map((word) => word.toWellFormed().replaceAll('\0', ''))
        const { command } = execInput.parse({ command: ['printf', '%s\\0', ...wanted, 'end'] })
        const printed = execFileSync('sh', ['-c', command], { encoding: 'utf8' })
        expect(printed.split('\0')).toEqual([...wanted, 'end', ''])
      }),
      { numRuns: 50 },
    )
  })

  it('says what is wrong with it', () => {
    expect(problemOf({})).toBe('is required')
    expect(problemOf({ command: ' ' })).toBe('is empty')
    for (const command of [7, [], ['a', 7], ['a\0'], null])
      expect(problemOf({ command })).toBe('must be a string, or a list of strings, without NUL')
    expect(problemOf({ command: 'a\0b' })).toBe('must not contain a NUL character')
  })
})

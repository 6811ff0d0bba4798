import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quote, sh } from './quote'
import { commandScript, remoteCommand } from './remote-command'

const SHELLS = ['/bin/dash', '/bin/bash', '/usr/bin/zsh', '/usr/bin/fish', '/bin/tcsh'].filter(
  existsSync,
)

/** Any characters a command line can hold; lone surrogates have no bytes of their own. */
const anyText = fc
  .string({ unit: 'grapheme', maxLength: 60 })
  .map((text) => text.replaceAll('\0', ''))
const shellText = fc
  .array(
    fc.constantFrom(
      'a',
      ' ',
      "'",
      '"',
      '\\',
      '$',
      '`',
      '!',
      '\n',
      ';',
      '&',
      '|',
      '*',
      '~',
      '=',
      '%',
      '-',
      'é',
      '#',
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''))

describe('quote', () => {
  it.each(['/bin/dash', '/bin/bash'])('round-trips any string through %s', (shell) => {
    fc.assert(
      fc.property(fc.oneof(anyText, shellText), (text) => {
        // On a socket bash takes itself for a remote shell, and reads ~/.bashrc every time.
        const out = execFileSync(shell, ['-c', `printf %s ${quote(text)}`], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        expect(out.toString('utf8')).toBe(text)
      }),
      { numRuns: 60 },
    )
  })

  it('refuses a NUL character, which no argument can hold', () => {
    expect(() => quote('a\0b')).toThrow(/NUL/)
  })

  it('quotes every value of a template as one word', () => {
    const file = "it's; rm -rf /"
    expect(execFileSync('/bin/sh', ['-c', sh`printf %s ${file} ${7}`]).toString()).toBe(`${file}7`)
  })
})

describe('remoteCommand', () => {
  it.each(SHELLS)('runs any script the same whatever the login shell (%s)', (shell) => {
    fc.assert(
      fc.property(shellText, (text) => {
        const command = remoteCommand(commandScript({ command: `printf %s ${quote(text)}` }, 'm'))
        const out = execFileSync(shell, ['-c', command], { stdio: ['ignore', 'pipe', 'ignore'] })
        expect(out.toString('utf8')).toBe(text)
      }),
      { numRuns: 25 },
    )
  })

  it('gives env values and the working directory as data', () => {
    const script = commandScript(
      { command: 'pwd; printf %s "$NASTY"', cwd: '/tmp', env: { NASTY: "$(id) ' \\ !\n" } },
      'm',
    )
    const out = execFileSync('/bin/bash', ['-c', remoteCommand(script)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    expect(out.toString()).toBe("/tmp\n$(id) ' \\ !\n")
  })

  it('fails when the working directory does not exist, without running the command', () => {
    const script = commandScript({ command: 'echo ran', cwd: '/nonexistent/x' }, 'm')
    expect(() =>
      execFileSync('/bin/sh', ['-c', remoteCommand(script)], {
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ).toThrow()
  })
})

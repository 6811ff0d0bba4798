import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { curlCommand } from './request'

describe('a command as curl', () => {
  it('reaches curl unchanged through a shell, whatever it holds', () => {
    const command = `echo "it's $HOME" \\ !`
    const line = curlCommand('http://127.0.0.1:3939', 'dgx-1', {
      command,
      cwd: ' ~/vit ',
      timeoutMs: 60_000,
    })
    const words = execFileSync('sh', ['-c', line.replace(/^curl/, `printf '%s\\0'`)], {
      encoding: 'utf8',
    }).split('\0')
    expect(words).toContain('http://127.0.0.1:3939/api/dgx/exec/dgx-1')
    const body = words[words.indexOf('-d') + 1] ?? ''
    expect(JSON.parse(body)).toEqual({ command, cwd: '~/vit', timeout_ms: 60_000 })
  })
})

import { expect, it } from 'vitest'
import { visible } from './visible'

it('shows what would hide a part of a command', () => {
  expect(visible('ls -l /tmp\n\techo "é 💻"')).toBe('ls -l /tmp\n\techo "é 💻"')
  expect(visible('echo hi\u202e/ fr- mr\u2066')).toBe('echo hi\\u{202e}/ fr- mr\\u{2066}')
  expect(visible('rm\u200b -rf\r/\u001b[8m')).toBe('rm\\u{200b} -rf\\u{000d}/\\u{001b}[8m')
})

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bundleFiles } from './bundle'
import { runSpec } from './fixtures'

/** A systemd-run that keeps what it was asked, and is of the age that `AGE` says. */
const SYSTEMD_RUN = `#!/bin/sh
echo "$@" >> "$CALLS"
[ "$AGE" = broken ] && exit 1
while [ "$1" != sh ]; do
  [ "$1" = OOMPolicy=continue ] && [ "$AGE" = old ] && exit 1
  shift
done
exec "$@"
`

describe('a supervisor of a user whose services outlive the logout', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'supervisor-'))
    mkdirSync(path.join(root, 'bin'))
    writeFileSync(path.join(root, 'bin/systemd-run'), SYSTEMD_RUN)
    chmodSync(path.join(root, 'bin/systemd-run'), 0o755)
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it.each(['new', 'old', 'broken'])(
    'runs the command once, under a scope where systemd-run is %s',
    (age) => {
      const run = runSpec({ command: 'echo ran; exit 4' })
      const folder = path.join(root, '.dgx-command-center/jobs', run.job_id, '1')
      mkdirSync(folder, { recursive: true })
      for (const [name, text] of Object.entries(bundleFiles(run))) {
        writeFileSync(path.join(folder, name), text)
      }
      for (const name of ['unclaimed', 'pid.new', 'exit.new', 'heartbeat']) {
        writeFileSync(path.join(folder, name), '')
      }
      execFileSync('sh', [path.join(folder, 'supervisor.sh'), folder, '0022', 'lingering'], {
        env: {
          ...process.env,
          HOME: root,
          PATH: `${root}/bin:${process.env['PATH']}`,
          CALLS: path.join(root, 'calls'),
          AGE: age,
        },
      })
      const calls = readFileSync(path.join(root, 'calls'), 'utf8').trim().split('\n')
      expect(calls[0]).toContain(
        `--user --scope --quiet --collect --unit=dgx-job-${run.job_id}-1 -p`,
      )
      expect(readFileSync(path.join(folder, 'stdout.log'), 'utf8')).toBe('ran\n')
      expect(readFileSync(path.join(folder, 'exit'), 'utf8')).toMatch(/^4 exited [\d.]+ /)
    },
  )
})

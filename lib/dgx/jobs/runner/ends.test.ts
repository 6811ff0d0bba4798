import { existsSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Machine, runSpec, startMachine } from './fixtures'
import { launchRun } from './launch'
import { stopRun } from './stop'

/** How runs end, with each shell that a machine's `sh` may be. */

const BUSYBOX = process.env['BUSYBOX'] ?? '/bin/busybox'
const SHELLS = ['/usr/bin/dash', '/bin/bash', BUSYBOX].filter(existsSync)

describe.each(SHELLS)('with %s as sh, a run', (shell) => {
  let machine: Machine
  beforeAll(async () => {
    machine = await startMachine()
    symlinkSync(shell, path.join(machine.sshd.dir, 'bin/sh'))
  })
  afterAll(() => machine?.stop())

  const finished = async (changes: Parameters<typeof runSpec>[0]) => {
    const run = runSpec(changes)
    await launchRun(machine.host, run)
    return { run, facts: await machine.ended(run) }
  }

  it('tells the code that its command ended with', async () => {
    expect((await finished({ command: 'true' })).facts.exit).toMatchObject({
      code: 0,
      reason: 'exited',
    })
    expect((await finished({ command: 'exit 255' })).facts.exit).toMatchObject({ code: 255 })
  })

  it('tells the signal that ended its command', async () => {
    const { facts } = await finished({ command: 'sh -c "kill -SEGV \\$\\$"' })
    expect(facts.exit).toMatchObject({ code: null, signal: 'SEGV', reason: 'signalled' })
  })

  it('names a command that is not there', async () => {
    const { facts } = await finished({ command: 'no-such-program --x' })
    expect(facts.exit).toMatchObject({ code: 127, reason: 'launch_failed' })
    expect(facts.exit?.message).toMatch(/no-such-program: .*not found/)
  })

  it('names a working directory that is not there, or none', async () => {
    const { facts } = await finished({ working_dir: '/no/such\nfolder' })
    expect(facts).toMatchObject({ process_group: null, started_at_ms: null, stdout_bytes: 0 })
    expect(facts.exit).toEqual({
      code: null,
      signal: null,
      reason: 'launch_failed',
      message: 'The working directory /no/such folder does not exist.',
    })
    const file = await finished({ working_dir: '/etc/passwd' })
    expect(file.facts.exit?.message).toBe('The working directory /etc/passwd is not a folder.')
  })

  it('keeps the code of a command that saves its work on TERM', async () => {
    const run = runSpec({
      command: [
        'echo before',
        'python3 -uc "import signal, sys, time',
        'def save(*_): print(1); time.sleep(0.3); print(2); sys.exit(12)',
        'signal.signal(signal.SIGTERM, save)',
        'print(0); time.sleep(300)"',
        'echo after',
      ].join('\n'),
    })
    await launchRun(machine.host, run)
    await machine.until(run, (facts) => facts.stdout_bytes === 'before\n0\n'.length)
    const facts = await stopRun(machine.host, run, { grace_s: 60 })
    expect(facts).toMatchObject({
      state: 'ended',
      exit: { code: 12, signal: null, reason: 'exited', message: null },
      live_pids: [],
    })
    expect(machine.read(run, 'stdout.log')).toBe('before\n0\n1\n2\n')
  })

  it('is killed when it ignores TERM', async () => {
    const run = runSpec({ command: "trap '' TERM; echo ready; while :; do sleep 1; done" })
    await launchRun(machine.host, run)
    await machine.until(run, (facts) => facts.stdout_bytes === 6)
    const facts = await stopRun(machine.host, run, { grace_s: 1 })
    expect(facts).toMatchObject({ state: 'ended', exit: { signal: 'KILL' }, live_pids: [] })
  })

  it('is killed by its supervisor though nobody stays connected', async () => {
    const run = runSpec({ command: "trap '' TERM; echo ready; while :; do sleep 1; done" })
    await launchRun(machine.host, run)
    await machine.until(run, (facts) => facts.stdout_bytes === 6)
    const caller = new AbortController()
    const stopping = stopRun(machine.host, run, { grace_s: 3, signal: caller.signal })
    await machine.until(run, () => existsSync(path.join(machine.folder(run), 'grace')))
    caller.abort(new Error('gone'))
    await expect(stopping).rejects.toThrow('gone')
    expect(await machine.ended(run)).toMatchObject({ exit: { signal: 'KILL' } })
  })

  it('ends at its timeout by itself', async () => {
    const { facts } = await finished({
      command: 'trap "echo saved; exit 3" TERM; while :; do sleep 0.1; done',
      timeout_s: 1,
    })
    expect(facts.exit).toMatchObject({ code: 3, signal: null, reason: 'timed_out' })
    const ignoring = await finished({
      command: "trap '' TERM; while :; do sleep 1; done",
      timeout_s: 1,
      kill_grace_s: 1,
    })
    expect(ignoring.facts.exit).toMatchObject({ signal: 'KILL', reason: 'timed_out' })
  })

  it('leaves no daemon behind', async () => {
    const { run, facts } = await finished({
      command:
        'setsid sh -c "echo ready; exec sleep 301" & until [ -s "$DGX_RUN_DIR/stdout.log" ]; do sleep 0.05; done',
    })
    expect(facts.exit).toMatchObject({ code: 0, reason: 'exited' })
    expect(facts.live_pids).toEqual([])
    expect(machine.read(run, 'stdout.log')).toBe('ready\n')
  })

  it('is stopped with a daemon that ignores TERM', async () => {
    const run = runSpec({
      command: 'setsid sh -c "trap \'\' TERM; echo ready; while :; do sleep 1; done" & wait',
    })
    await launchRun(machine.host, run)
    await machine.until(run, (facts) => facts.stdout_bytes === 6)
    const facts = await stopRun(machine.host, run, { grace_s: 1 })
    expect(facts).toMatchObject({ state: 'ended', exit: { signal: 'TERM' }, live_pids: [] })
  })

  it('is an orphan without its supervisor, and can still be stopped', async () => {
    const run = runSpec({ command: "trap '' TERM; while :; do sleep 1; done" })
    const { pid } = await launchRun(machine.host, run)
    process.kill(pid ?? 0, 'SIGKILL')
    const orphan = await machine.until(run, (facts) => facts.state === 'orphaned')
    expect(orphan.live_pids.length).toBeGreaterThan(0)
    expect(orphan).toMatchObject({ exit: null, pid })
    const facts = await stopRun(machine.host, run, { grace_s: 1 })
    expect(facts).toMatchObject({ state: 'vanished', exit: null, live_pids: [] })
  })

  it('reads nothing from its standard input', async () => {
    const { run } = await finished({ command: 'cat; echo end' })
    expect(machine.read(run, 'stdout.log')).toBe('end\n')
  })

  it('says when another program told it to end', async () => {
    const run = runSpec({ command: 'sleep 300' })
    const { pid } = await launchRun(machine.host, run)
    process.kill(pid ?? 0, 'SIGTERM')
    const facts = await machine.ended(run)
    expect(facts.exit).toMatchObject({ signal: 'TERM', reason: 'signalled' })
    expect(facts.exit?.message).toContain('Another program')
  })
})

import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { poolFor } from '@/e2e/testbed/host'
import { startTcpProxy } from '@/e2e/testbed/tcp-proxy'
import { type Machine, runSpec, startMachine } from './fixtures'
import { launchRun } from './launch'
import { probeRuns } from './probe'
import { BOOT_ID_VARIABLE } from './shell-functions'
import { stopRun } from './stop'
import type { RunSpec } from './types'

/** What is told of runs after things went wrong. */

const isRoot = process.getuid?.() === 0
const MEMORY_CGROUP = '/sys/fs/cgroup/memory'

describe('after trouble, a machine', () => {
  let machine: Machine
  beforeAll(async () => {
    machine = await startMachine()
  })
  afterAll(() => machine?.stop())

  const launched = async (changes: Partial<RunSpec>) => {
    const run = runSpec(changes)
    await launchRun(machine.host, run)
    return run
  }

  it('has started a run once, wherever its launch was cut off', async () => {
    const proxy = await startTcpProxy(machine.sshd.port, { delayMs: 5 })
    try {
      for (let tries = 0; tries < 10; tries += 1) {
        const { host } = poolFor(machine.sshd, { port: proxy.port })
        await host.connect()
        const run = runSpec({
          command: 'echo started >> "$DGX_JOB_DIR/starts"; sleep 300',
          config: { x: 'x'.repeat(200_000) },
        })
        const cut = launchRun(host, run).catch(() => null)
        await delay(tries * 10)
        proxy.sever()
        await cut
        await host.disconnect()
        const facts = await launchRun(machine.host, run)
        expect(facts).toMatchObject({ state: 'running' })
        const starts = () => machine.read(run, '../starts')
        await vi.waitFor(() => expect(starts()).toBe('started\n'), { timeout: 30_000 })
        const stopped = await stopRun(machine.host, run, { grace_s: 5 })
        expect(stopped).toMatchObject({ state: 'ended', live_pids: [] })
        expect(starts()).toBe('started\n')
      }
    } finally {
      await proxy.stop()
    }
  })

  it('goes on with a run while sshd is killed', async () => {
    const run = await launched({ command: 'echo one; until [ -e go ]; do sleep 0.1; done; exit 5' })
    const { pid } = await machine.until(run, (facts) => facts.stdout_bytes === 4)
    machine.sshd.killSessions()
    await machine.sshd.restart()
    await machine.host.connect().catch(() => {})
    const back = await machine.until(run, (facts) => facts.state === 'running')
    expect(back.pid).toBe(pid)
    writeFileSync(path.join(machine.home, 'go'), '')
    expect(await machine.ended(run)).toMatchObject({ exit: { code: 5 } })
  })

  it('knows no run whose folder was deleted after its end', async () => {
    const run = await launched({})
    await machine.ended(run)
    rmSync(machine.folder(run), { recursive: true })
    expect(await machine.probe(run)).toMatchObject({ state: 'absent', exit: null, live_pids: [] })
  })

  it('shows the processes of a run whose folder was deleted, and ends them', async () => {
    const run = await launched({ command: 'sleep 300' })
    rmSync(machine.folder(run), { recursive: true })
    const facts = await machine.probe(run)
    expect(facts).toMatchObject({ state: 'orphaned', stdout_bytes: null })
    expect(facts.live_pids.length).toBeGreaterThan(0)
    expect(await stopRun(machine.host, run, { grace_s: 5 })).toMatchObject({ live_pids: [] })
  })

  it('has a run vanish that was killed with its supervisor', async () => {
    const run = await launched({ command: 'exec sleep 300' })
    const { pid, process_group } = await machine.probe(run)
    process.kill(pid ?? 0, 'SIGKILL')
    process.kill(process_group ?? 0, 'SIGKILL')
    const facts = await machine.until(run, ({ state }) => state === 'vanished')
    expect(facts).toMatchObject({ exit: null, live_pids: [], pid, process_group })
  })

  it('takes another process with the same pid for another process', async () => {
    const run = await launched({})
    await machine.ended(run)
    const { boot_id } = await machine.probe(run)
    rmSync(path.join(machine.folder(run), 'exit'))
    writeFileSync(
      path.join(machine.folder(run), 'pid'),
      `${process.pid} 1 ${process.pid} 1 ${process.pid} ${boot_id} 5.00\n`,
    )
    expect(await machine.probe(run)).toMatchObject({ state: 'vanished' })
    await stopRun(machine.host, run, { grace_s: 0 })
  })

  it('reads a half-written file as none', async () => {
    const run = await launched({})
    await machine.ended(run)
    writeFileSync(path.join(machine.folder(run), 'exit'), '0 exi')
    expect(await machine.probe(run)).toMatchObject({ state: 'vanished', exit: null })
    writeFileSync(path.join(machine.folder(run), 'pid'), '')
    writeFileSync(path.join(machine.folder(run), 'claim'), '\0\0\0')
    expect(await machine.probe(run)).toMatchObject({ state: 'starting', exit: null })
  })

  it('tells right times with a clock that is hours off, and set while a run lasts', async () => {
    const date = path.join(machine.sshd.dir, 'bin/date')
    writeFileSync(date, '#!/bin/sh\necho 1000\n')
    chmodSync(date, 0o755)
    const before = Date.now()
    const run = await launched({ command: 'sleep 0.3' })
    const facts = await machine.ended(run)
    rmSync(date)
    expect(facts.started_at_ms).toBeGreaterThan(before - 2_000)
    expect(facts.ended_at_ms).toBeLessThan(Date.now() + 2_000)
    expect((facts.ended_at_ms ?? 0) - (facts.started_at_ms ?? 0)).toBeGreaterThanOrEqual(250)
  })

  it('tells of 500 runs in one command', async () => {
    const run = await launched({ command: 'echo out' })
    await machine.ended(run)
    const alive = await launched({ command: 'sleep 300' })
    const copies = Array.from({ length: 498 }, (_, i) => runSpec({ job_id: `copy-${i}` }))
    for (const copy of copies) {
      cpSync(machine.folder(run), machine.folder(copy), { recursive: true })
    }
    const refs = [run, ...copies, alive, runSpec()]
    const facts = await probeRuns(machine.host, refs)
    expect(facts.map(({ job_id }) => job_id)).toEqual(refs.map(({ job_id }) => job_id))
    expect(facts.slice(0, 499).every(({ exit }) => exit?.code === 0)).toBe(true)
    expect(facts.slice(0, 499).every(({ stdout_bytes }) => stdout_bytes === 4)).toBe(true)
    expect(facts.slice(499).map(({ state }) => state)).toEqual(['running', 'absent'])
    await stopRun(machine.host, alive, { grace_s: 5 })
  })
})

describe('a machine that was booted again', () => {
  it('says so of runs that had not ended, and keeps the end of those that had', async () => {
    const bootId = path.join('/tmp', `boot-id-${process.pid}`)
    writeFileSync(bootId, 'aaaa\n')
    const machine = await startMachine({ env: { [BOOT_ID_VARIABLE]: bootId } })
    try {
      const over = runSpec({ command: 'exit 3' })
      const under = runSpec({ command: 'sleep 300' })
      await launchRun(machine.host, over)
      await launchRun(machine.host, under)
      const before = await machine.ended(over)
      const { pid, process_group } = await machine.probe(under)
      process.kill(pid ?? 0, 'SIGKILL')
      process.kill(-(process_group ?? 0), 'SIGKILL')
      writeFileSync(bootId, 'bbbb\n')
      expect(await machine.probe(under)).toMatchObject({
        state: 'rebooted',
        boot_id: 'aaaa',
        exit: null,
        live_pids: [],
      })
      const after = await machine.probe(over)
      expect(after).toMatchObject({ state: 'ended', exit: { code: 3 } })
      // By the time of its file, which has whole seconds.
      expect(Math.abs((after.ended_at_ms ?? 0) - (before.ended_at_ms ?? 0))).toBeLessThan(3_000)
    } finally {
      await machine.stop()
      rmSync(bootId)
    }
  })
})

describe('a machine without setsid, python and perl', () => {
  it('runs and stops all the same', async () => {
    const machine = await startMachine()
    try {
      const programs = path.join(machine.sshd.dir, 'few-programs')
      mkdirSync(programs)
      const names =
        'base64 bash cat cut date dd dmesg env grep head id mkdir mv rm sh sleep stat tail tee tr wc'
      for (const name of names.split(' ')) {
        symlinkSync(
          execFileSync('which', [name], { encoding: 'utf8' }).trim(),
          path.join(programs, name),
        )
      }
      writeFileSync(path.join(machine.home, '.bashrc'), `PATH=${programs}\n`)
      const run = runSpec({
        command: 'command -v setsid; trap "exit 4" TERM; echo ready; while :; do sleep 0.1; done',
      })
      await launchRun(machine.host, run)
      await machine.until(run, (facts) => facts.stdout_bytes === 6)
      expect(await machine.probe(run)).toMatchObject({ state: 'running', process_group: null })
      const facts = await stopRun(machine.host, run, { grace_s: 30 })
      expect(facts).toMatchObject({ state: 'ended', exit: { code: 4 }, live_pids: [] })
    } finally {
      await machine.stop()
    }
  })
})

describe('a home folder that takes nothing', () => {
  it('is why a run could not start', async () => {
    const machine = await startMachine()
    try {
      writeFileSync(path.join(machine.home, '.dgx-command-center'), '')
      const facts = await launchRun(machine.host, runSpec())
      expect(facts).toMatchObject({ state: 'ended', exit: { code: null, reason: 'launch_failed' } })
      expect(facts.exit?.message).toMatch(/could not be made on 127\.0\.0\.1: .*Not a directory/)
    } finally {
      await machine.stop()
    }
  })
})

describe.runIf(isRoot)('a full disk', () => {
  let home: string
  let machine: Machine
  beforeAll(async () => {
    home = path.join('/tmp', `full-disk-${process.pid}`)
    mkdirSync(home)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', home])
    machine = await startMachine({ home })
  })
  afterAll(async () => {
    await machine?.stop()
    execFileSync('umount', [home])
    rmSync(home, { recursive: true })
  })

  it('hides no end of a run', async () => {
    const run = runSpec({ command: 'echo begun; cat /dev/zero > filler; exit 6' })
    await launchRun(machine.host, run)
    const facts = await machine.ended(run)
    expect(facts.exit).toMatchObject({ code: 6, reason: 'exited' })
    expect(facts.exit?.message).toContain("disk of the run's folder was full")
  })

  it('is why a run could not start, and later does not matter', async () => {
    expect(existsSync(path.join(home, 'filler'))).toBe(true)
    const run = runSpec()
    const facts = await launchRun(machine.host, run)
    expect(facts).toMatchObject({ state: 'ended', exit: { reason: 'launch_failed' } })
    expect(facts.exit?.message).toContain('No space left on device')
    expect(await machine.probe(run)).toMatchObject({ state: 'absent' })
    rmSync(path.join(home, 'filler'))
    await launchRun(machine.host, run)
    expect(await machine.ended(run)).toMatchObject({ exit: { code: 0 } })
  })
})

describe.runIf(isRoot && existsSync(MEMORY_CGROUP))('a lack of memory', () => {
  it('is told from another kill', async () => {
    const group = path.join(MEMORY_CGROUP, `dgx-test-${process.pid}`)
    mkdirSync(group)
    writeFileSync(path.join(group, 'memory.limit_in_bytes'), String(64 * 1024 * 1024))
    const machine = await startMachine()
    try {
      const starved = runSpec({
        command: `echo $$ > ${group}/cgroup.procs; exec python3 -c 'x = bytearray(1 << 30)'`,
      })
      await launchRun(machine.host, starved)
      const facts = await machine.ended(starved)
      expect(facts.exit).toMatchObject({ code: null, signal: 'KILL', reason: 'out_of_memory' })
      expect(facts.exit?.message).toContain('for lack of memory')
      const killed = runSpec({ command: 'kill -KILL $$' })
      await launchRun(machine.host, killed)
      expect((await machine.ended(killed)).exit).toMatchObject({
        signal: 'KILL',
        reason: 'signalled',
        message: null,
      })
    } finally {
      await machine.stop()
      rmdirSync(group)
    }
  })
})

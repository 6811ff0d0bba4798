import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { poolFor } from '@/e2e/testbed/host'
import { type Sshd, startSshd } from '@/e2e/testbed/sshd'
import { type ExecRequest, exec, runCommand } from './exec'
import type { HostPool } from './host-pool'

describe('exec on a real sshd', () => {
  let sshd: Sshd
  let host: HostPool
  let state: ReturnType<typeof poolFor>['state']
  const run = (request: Partial<ExecRequest> & { command: string }, signal?: AbortSignal) =>
    exec(host, { timeout_ms: 20_000, max_output_bytes: 1024 * 1024, ...request }, signal)

  beforeAll(async () => {
    sshd = await startSshd()
    ;({ host, state } = poolFor(sshd))
    await host.connect()
  })
  afterAll(async () => {
    await host?.disconnect()
    await sshd?.stop()
  })

  it('keeps stdout, stderr and the exit code apart', async () => {
    expect(await run({ command: 'echo out; echo err >&2; exit 7' })).toMatchObject({
      stdout: 'out\n',
      stderr: 'err\n',
      code: 7,
      signal: null,
      timed_out: false,
      truncated: false,
      stdout_bytes: 4,
      stderr_bytes: 4,
    })
  })

  it('names the signal that ended a command', async () => {
    expect(await run({ command: 'kill -KILL $$' })).toMatchObject({ code: null, signal: 'KILL' })
  })

  it('takes cwd, env and stdin, whatever they hold', async () => {
    const nasty = `it's $(id) \\ "x" !\n`
    const result = await run({
      command: 'pwd; printf %s "$NASTY"; cat',
      cwd: '/tmp',
      env: { NASTY: nasty },
      stdin: 'in\n',
    })
    expect(result.stdout).toBe(`/tmp\n${nasty}in\n`)
  })

  it('closes stdin, so that a command that reads it ends', async () => {
    expect((await run({ command: 'cat; echo end' })).stdout).toBe('end\n')
  })

  it('runs the login shell when asked', async () => {
    expect(
      (
        await run({
          command: 'shopt -q login_shell && echo login || echo plain',
          login_shell: true,
        })
      ).stdout,
    ).toBe('login\n')
  })

  it('says so when the working directory is not there', async () => {
    const result = await run({ command: 'echo ran', cwd: '/no/such/folder' })
    expect(result.code).not.toBe(0)
    expect(result.stderr).toContain('/no/such/folder')
    expect(result.stdout).toBe('')
  })

  it('runs 200 commands at once on one connection with the stock MaxSessions', async () => {
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, i) => run({ command: `echo ${i}` })),
    )
    expect(results.map((result) => result.stdout)).toEqual(
      Array.from({ length: 200 }, (_, i) => `${i}\n`),
    )
    expect(results.every((result) => result.code === 0)).toBe(true)
  })

  it('leaves no process behind when a command times out', async () => {
    const result = await run({ command: 'sleep 297 & echo $!; wait', timeout_ms: 700 })
    expect(result).toMatchObject({ timed_out: true, code: null, signal: null })
    expect(isAlive(Number(result.stdout))).toBe(false)
  })

  it('kills a command that ignores TERM', async () => {
    const result = await run({
      command: "trap '' TERM; echo $$; while :; do sleep 1; done",
      timeout_ms: 500,
    })
    expect(result.timed_out).toBe(true)
    expect(isAlive(Number(result.stdout))).toBe(false)
  })

  it('kills the remote group when the caller hangs up', async () => {
    const caller = new AbortController()
    let pid = 0
    const running = runCommand(
      host,
      { command: 'echo $$; sleep 298', timeout_ms: 60_000 },
      {
        kind: 'stream',
        signal: caller.signal,
        sink: (_, chunk) => {
          pid = Number(chunk.toString())
          caller.abort(new Error('hung up'))
          return undefined
        },
      },
    )
    await expect(running).rejects.toThrow('hung up')
    expect(pid).toBeGreaterThan(0)
    expect(isAlive(pid)).toBe(false)
  })

  it('keeps memory flat under a flood', async () => {
    global.gc?.()
    const before = process.memoryUsage().rss
    const result = await run({ command: 'yes', timeout_ms: 2_000, max_output_bytes: 100_000 })
    expect(result.stdout_bytes).toBeGreaterThan(10_000_000)
    expect(result.truncated).toBe(true)
    expect(result.stdout.length).toBeLessThan(101_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
  })

  it('does not stall on 3 MiB of stderr', async () => {
    const result = await run({ command: 'head -c 3145728 /dev/zero >&2; echo done' })
    expect(result).toMatchObject({
      stdout: 'done\n',
      code: 0,
      stderr_bytes: 3_145_728,
      truncated: true,
    })
  })

  it('holds the remote command back while the reader is slow', async () => {
    let bytes = 0
    const { exit } = await runCommand(
      host,
      { command: 'yes', timeout_ms: 1_500 },
      {
        kind: 'stream',
        sink: (_, chunk) => {
          bytes += chunk.length
          return new Promise((resolve) => setTimeout(resolve, 100))
        },
      },
    )
    expect(exit.kind).toBe('timeout')
    expect(bytes).toBeLessThan(20 * 1024 * 1024)
  })

  it('refuses a command that no remote shell could take, and says what to do', async () => {
    await expect(run({ command: `echo ${'x'.repeat(200_000)}` })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('stdin'),
    })
  })

  it('calls a lost connection a loss, with what there was, and comes back by itself', async () => {
    const running = run({ command: 'echo part; touch said; sleep 30' })
    const lost = expect(running).rejects.toMatchObject({
      code: 'connection_lost',
      data: { stdout: 'part\n', code: null },
    })
    // What was said before this began to end comes before its end.
    await run({ command: 'until [ -e said ]; do sleep 0.05; done; rm said' })
    sshd.killSessions()
    await lost
    await state((next) => next.status === 'connected')
    expect((await run({ command: 'echo back' })).stdout).toBe('back\n')
  })

  it('gives the slot back when a caller leaves who took no more of a flood', async () => {
    const caller = new AbortController()
    const running = runCommand(
      host,
      { command: 'yes', timeout_ms: 20_000 },
      {
        kind: 'stream',
        signal: caller.signal,
        sink: () => {
          setTimeout(() => caller.abort(new Error('left')), 50)
          return new Promise(() => {})
        },
      },
    )
    await expect(running).rejects.toThrow('left')
    await host.idle()
  })
})

describe('exec on a server with few sessions', () => {
  it.each([1, 2])('works with MaxSessions %i beside a reserved channel', async (maxSessions) => {
    const sshd = await startSshd({ config: [`MaxSessions ${maxSessions}`] })
    const { host } = poolFor(sshd)
    try {
      await host.connect()
      const sampler = await host.openReserved('exec sleep 60')
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          exec(host, { command: `echo ${i}`, timeout_ms: 20_000, max_output_bytes: 1000 }),
        ),
      )
      expect(results.map((result) => result.stdout)).toEqual(
        Array.from({ length: 12 }, (_, i) => `${i}\n`),
      )
      sampler.close()
    } finally {
      await host.disconnect()
      await sshd.stop()
    }
  })
})

/** A zombie that nobody has reaped yet is dead. */
function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] !== 'Z'
  } catch {
    return false
  }
}

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { poolFor } from '@/e2e/testbed/host'
import { type Sshd, startSshd } from '@/e2e/testbed/sshd'
import { exec } from './exec'
import type { CommandChannel, HostPool } from './host-pool'

describe('a shell on a real sshd', () => {
  let sshd: Sshd
  let host: HostPool
  beforeAll(async () => {
    sshd = await startSshd()
    ;({ host } = poolFor(sshd))
    await host.connect()
  })
  afterAll(async () => {
    await host?.disconnect()
    await sshd?.stop()
  })
  const closed = (channel: CommandChannel['channel']) =>
    new Promise<void>((resolve) => channel.once('close', () => resolve()))
  const open = async () => {
    const shell = await host.openShell({ cols: 91, rows: 17 })
    let text = ''
    shell.channel.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    shell.channel.once('close', shell.release)
    return {
      ...shell,
      said: (pattern: RegExp) => vi.waitFor(() => expect(text).toMatch(pattern), 10_000),
    }
  }

  it('is a terminal of the asked size, and follows a new one', async () => {
    const { channel, said } = await open()
    channel.write('stty size; echo "term=$TERM"\n')
    await said(/17 91\r\n.*term=xterm-256color\r\n/s)
    channel.setWindow(30, 120, 0, 0)
    channel.write('stty size\n')
    await said(/30 120\r\n/)
    channel.end('exit\n')
    await closed(channel)
  })

  it('is hung up with what runs in it when its channel is closed', async () => {
    const { channel, said } = await open()
    channel.write('sleep 297 & echo "pid=$!"; fg\n')
    await said(/pid=\d+/)
    expect(sshd.processes().length).toBeGreaterThan(0)
    channel.close()
    await closed(channel)
    await vi.waitFor(() => expect(sshd.processes()).toEqual([]), 10_000)
  })

  it('is one of five at most, and leaves room for commands and kills', async () => {
    const shells = await Promise.all(Array.from({ length: 5 }, open))
    await expect(host.openShell({ cols: 80, rows: 24 })).rejects.toMatchObject({
      code: 'too_busy',
      message: expect.stringContaining('Close one first'),
    })
    const run = (command: string, timeout_ms = 20_000) =>
      exec(host, { command, timeout_ms, max_output_bytes: 1000 })
    expect((await run('echo free')).stdout).toBe('free\n')
    // A timeout ends its command over the reserved place.
    expect(await run('sleep 294', 200)).toMatchObject({ timed_out: true })
    const [first] = shells
    if (!first) throw new Error('five were opened')
    // At once: the end of the first one is awaited by nobody.
    first.hangUp()
    const next = await open()
    next.channel.write('echo ne""xt\n')
    await next.said(/next/)
    host.closeShells()
    await host.idle()
  })

  it('says that sshd gives no terminal, and keeps no place for it', async () => {
    const strict = await startSshd({ config: ['PermitTTY no'] })
    const pool = poolFor(strict)
    try {
      await pool.host.connect()
      for (let i = 0; i < 6; i += 1) {
        await expect(pool.host.openShell({ cols: 80, rows: 24 })).rejects.toMatchObject({
          code: 'terminal_refused',
          message: expect.stringContaining('PermitTTY'),
        })
      }
      await pool.host.idle()
    } finally {
      await pool.host.disconnect()
      await strict.stop()
    }
  })
})

import ssh2 from 'ssh2'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { demoMachines } from '@/demo/machines'
import { Sampler } from '@/lib/dgx/gpu/sampler'
import { exec } from '@/lib/dgx/ssh/exec'
import type { HostPool } from '@/lib/dgx/ssh/host-pool'
import { poolFor } from './host'
import { type SimulatedHost, startSimulatedHost } from './simulated-host'

describe('a simulated machine', () => {
  const hostKey = ssh2.utils.generateKeyPairSync('ed25519').private
  let simulated: SimulatedHost
  let host: HostPool
  let state: ReturnType<typeof poolFor>['state']
  const [spark, a100] = demoMachines()

  beforeAll(async () => {
    if (!a100) throw new Error('the demo has an A100 machine')
    simulated = await startSimulatedHost({ machine: a100, hostKey })
    ;({ host, state } = poolFor(
      { hostname: '127.0.0.1', port: simulated.port, username: 'demo', keyPath: '' },
      { keyPath: null },
    ))
    await host.connect()
  })
  afterAll(async () => {
    await host?.disconnect()
    await simulated?.stop()
  })
  const run = (command: string) =>
    exec(host, { command, timeout_ms: 2_000, max_output_bytes: 10_000 })

  it('is sampled by the real sampler without an error', async () => {
    const sampler = new Sampler({ host, intervalMs: 1000, known: [], onSample: () => {} })
    sampler.start()
    const sample = await sampler.next(10_000)
    sampler.stop()
    expect(sample?.errors).toEqual([])
    expect(sample?.gpus).toHaveLength(8)
    expect(sample?.gpus.every((gpu) => gpu.health.status === 'ok' && gpu.details !== null)).toBe(
      true,
    )
    expect(sample?.gpus[0]?.processes[0]).toMatchObject({
      user: expect.any(String),
      command: expect.any(String),
    })
    expect(sample?.host).toMatchObject({ hostname: a100?.hostname, cpu_count: a100?.cores })
  })

  it('knows a few commands, runs nothing, and says what it does not know', async () => {
    expect((await run('hostname')).stdout).toBe(`${a100?.hostname}\n`)
    expect((await run("echo it's fine")).stdout).toBe("it's fine\n")
    expect((await run('nvidia-smi -L')).stdout.split('\n')).toHaveLength(9)
    expect(await run('rm -rf /')).toMatchObject({
      code: 127,
      stderr: expect.stringContaining('only knows'),
    })
  })

  it('plays a shell on a terminal', async () => {
    const { channel, hangUp, release } = await host.openShell({ cols: 80, rows: 24 })
    let shown = ''
    channel.on('data', (bytes: Buffer) => {
      shown += bytes.toString()
    })
    channel.once('close', release)
    const shows = (text: string) => vi.waitFor(() => expect(shown).toContain(text), 5_000)
    await shows('$ ')
    channel.write('echo helx\x7flo\r')
    await shows('\r\nhello\r\n')
    channel.write('sleep 1000\r')
    channel.write('\x03')
    await shows('^C')
    const ended = new Promise((resolve) => channel.once('exit', resolve))
    channel.write('exit\r')
    expect(await ended).toBe(130)
    hangUp()
    await host.idle()
  })

  it('drops out and comes back', async () => {
    simulated.dropOut()
    await state((next) => next.status === 'reconnecting')
    simulated.comeBack()
    await state((next) => next.status === 'connected')
    expect((await run('true')).code).toBe(0)
  })

  it('plays a DGX Spark as unified memory', async () => {
    if (!spark) throw new Error('the demo has a Spark')
    const other = await startSimulatedHost({ machine: spark, hostKey })
    const pool = poolFor(
      { hostname: '127.0.0.1', port: other.port, username: 'demo', keyPath: '' },
      { keyPath: null },
    )
    try {
      await pool.host.connect()
      const sampler = new Sampler({
        host: pool.host,
        intervalMs: 1000,
        known: [],
        onSample: () => {},
      })
      sampler.start()
      const sample = await sampler.next(10_000)
      sampler.stop()
      expect(sample?.gpus).toMatchObject([{ memory_kind: 'unified', power_limit_watts: null }])
    } finally {
      await pool.host.disconnect()
      await other.stop()
    }
  })
})

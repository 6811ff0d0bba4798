import ssh2 from 'ssh2'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { demoMachines } from '@/demo/machines'
import { Sampler } from '@/lib/dgx/gpu/sampler'
import { readFiles } from '@/lib/dgx/jobs/logs/remote-files'
import { openRemoteTail } from '@/lib/dgx/jobs/logs/remote-tail'
import { runSpec } from '@/lib/dgx/jobs/runner/fixtures'
import { launchRun } from '@/lib/dgx/jobs/runner/launch'
import { probeRuns } from '@/lib/dgx/jobs/runner/probe'
import { removeRuns } from '@/lib/dgx/jobs/runner/remove'
import { stopRun } from '@/lib/dgx/jobs/runner/stop'
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

  it('plays the run of a job for the real engine: its processes, its logs, its end', async () => {
    const gpu = a100?.gpus[7]?.uuid ?? ''
    const run = runSpec({ command: 'python train.py --epochs 3', gpu_uuids: [gpu] })
    const { job_id } = run
    const path = `${job_id}/1/stdout.log`
    const until = async (test: (text: string) => boolean) => {
      let text = ''
      const hangUp = new AbortController()
      const { signal } = hangUp
      const tail = await openRemoteTail({
        ...{ host, run, from: { stdout: 0, stderr: 0 }, openSignal: signal, signal },
        onBytes: (stream, bytes) => {
          if (stream === 'stdout') text += bytes.toString()
          if (test(text)) hangUp.abort()
          return undefined
        },
      })
      await tail.closed
      return text
    }
    expect(await launchRun(host, run)).toMatchObject({ state: 'running', exit: null })
    expect(await launchRun(host, run)).toMatchObject({ state: 'running' })
    expect(await until((text) => /seed \d+\n/.test(text))).toContain('Using 1 GPU')

    const sampler = new Sampler({ host, intervalMs: 1000, known: [], onSample: () => {} })
    sampler.start()
    const sample = await sampler.next(10_000)
    sampler.stop()
    const processes = sample?.gpus[7]?.processes
    expect(processes).toMatchObject([{ command: 'python train.py --epochs 3' }])

    const [part] = await readFiles(host, [{ path, from: 6, max_bytes: 5 }])
    expect(part).toMatchObject({ offset: 6, bytes: Buffer.from('1 GPU') })
    const ended = await stopRun(host, run, { grace_s: 5 })
    expect(ended).toMatchObject({ state: 'ended', live_pids: [], exit: { signal: 'TERM' } })
    expect(await removeRuns(host, [job_id])).toEqual([job_id])
    expect(await probeRuns(host, [run])).toMatchObject([{ state: 'absent' }])
    expect(await readFiles(host, [{ path, from: 0, max_bytes: 9 }])).toEqual([{ state: 'gone' }])
  })

  it.each([
    ['python train.py --batch-size 4096', 1, 'exited', 'CUDA out of memory'],
    ['python train.py --lr 0.1', 1, 'exited', 'loss is nan'],
    ['python train.py --epochs 1', 0, 'exited', 'Saved checkpoints'],
    ['frobnicate', 127, 'launch_failed', 'only knows'],
  ])('plays how "%s" ended an hour ago', async (command, code, reason, said) => {
    const { job_id, attempt, run_token } = runSpec()
    const run = { job_id, attempt, run_token }
    simulated.runs.add({
      ...{ ...run, command, gpu_uuids: [], timeout_s: null },
      ...{ startedMs: Date.now() - 3_600_000, stoppedMs: null },
    })
    expect(await probeRuns(host, [run])).toMatchObject([
      { state: 'ended', live_pids: [], exit: { code, reason } },
    ])
    const parts = await readFiles(
      host,
      ['stdout', 'stderr'].map((name) => ({
        ...{ path: `${job_id}/1/${name}.log`, from: 0, max_bytes: 100_000 },
      })),
    )
    const text = parts.map((part) => (part.state === 'there' ? part.bytes.toString() : ''))
    expect(text.join('')).toContain(said)
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

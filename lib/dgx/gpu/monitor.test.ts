import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { poolFor } from '@/e2e/testbed/host'
import { type Sshd, startSshd } from '@/e2e/testbed/sshd'
import { Monitor } from './monitor'
import type { MetricStore } from './store'

describe('the monitor', () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd?.stop())

  it('gives the first sample to who asks before there is a sampler', async () => {
    const { host } = poolFor(sshd)
    await host.connect()
    let answer: (known: []) => void = () => {}
    const knownGpus = () =>
      new Promise<[]>((resolve) => {
        answer = resolve
      })
    const monitor = new Monitor({
      store: { knownGpus } as unknown as MetricStore,
      onSample: () => {},
    })
    try {
      const watching = monitor.watch(host, 1_000)
      const next = monitor.next('machine', { timeoutMs: 60_000 })
      answer([])
      await watching
      expect((await next)?.host.hostname).toEqual(expect.any(String))
    } finally {
      monitor.stop()
      await host.disconnect()
    }
  })

  it('tells of each sample, of what changes beside it, and once when it has become old', async () => {
    const { host } = poolFor(sshd)
    const told: [boolean, readonly string[]][] = []
    let free = ['GPU-0']
    const monitor = new Monitor({
      store: { knownGpus: async () => [] } as unknown as MetricStore,
      freeGpus: ({ stale }) => (stale ? [] : free),
      onSample: () => {},
      onMetrics: ({ stale, free_gpu_uuids }) => told.push([stale, free_gpu_uuids]),
    })
    await host.connect()
    try {
      await monitor.watch(host, 1_000)
      await monitor.next(host.target.id, { timeoutMs: 60_000 })
      monitor.pause(host.target.id)
      free = []
      monitor.announce(host.target.id)
      await vi.waitFor(() => expect(told.at(-1)).toEqual([true, []]), 60_000)
      expect(told).toEqual([
        [false, ['GPU-0']],
        [false, []],
        [true, []],
      ])
    } finally {
      monitor.stop()
      await host.disconnect()
    }
  })

  it('says when nothing came in time, and goes when its caller does', async () => {
    const monitor = new Monitor({
      store: {} as unknown as MetricStore,
      onSample: () => {},
    })
    expect(await monitor.next('machine', { timeoutMs: 5 })).toBeNull()
    const gone = new AbortController()
    const next = monitor.next('machine', { timeoutMs: 60_000, signal: gone.signal })
    gone.abort(new Error('gone'))
    await expect(next).rejects.toThrow('gone')
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

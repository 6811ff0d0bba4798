import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { LiveEvent } from '../../live/events'
import type { Subscription } from '../../live/hub'
import { openSubscription, subscribe, unsubscribe } from '../../live/service'
import { runtime } from '../../runtime'
import { type LogBed, startLogBed } from './fixtures'

describe('the live topic of a log', () => {
  let bed: LogBed
  const open: Subscription[] = []

  const watch = async (id: string) => {
    const subscription = openSubscription()
    open.push(subscription)
    const seen: LiveEvent[] = []
    await subscribe({ subscription, topics: [`job-log:${id}`] })
    void (async () => {
      for (;;) {
        const message = await subscription.next(60_000)
        if (message === null) return
        if (message !== 'idle') seen.push(message.event)
      }
    })()
    const text = () =>
      seen
        .map((event) => (event.type === 'job_log' && event.stream === 'stdout' ? event.text : ''))
        .join('')
    return { subscription, seen, text }
  }
  const until = (check: () => void) => vi.waitFor(check, { timeout: 25_000, interval: 5 })

  beforeAll(async () => {
    bed = await startLogBed()
  })
  afterAll(async () => {
    for (const subscription of open) subscription.close()
    await bed?.stop()
  })

  it('gives the end of the log, what is added, and the end of the run', async () => {
    await bed.addRun('live')
    bed.write('live', 'before\n')
    const one = await watch('live')
    await until(() => expect(one.text()).toBe('before\n'))
    bed.write('live', 'after\n')
    await until(() => expect(one.text()).toBe('before\nafter\n'))
    await bed.end('live')
    await until(() =>
      expect(one.seen.at(-1)).toMatchObject({ type: 'job_log_state', attempt: 1, ended: true }),
    )
    await until(() => expect(bed.tails()).toEqual([]))
  })

  it('gives one who comes later the last part, and no byte twice', async () => {
    await bed.addRun('later')
    const one = await watch('later')
    let written = ''
    for (let i = 0; i < 200; i += 1) {
      const line = `line ${i}\n`
      written += line
      bed.write('later', line)
    }
    await until(() => expect(one.text()).toBe(written))
    const two = await watch('later')
    bed.write('later', 'last\n')
    for (const { text } of [one, two]) await until(() => expect(text()).toBe(`${written}last\n`))
    await until(() => expect(bed.tails()).toHaveLength(2))
    await unsubscribe({ subscription: one.subscription, topics: ['job-log:later'] })
    expect(bed.tails()).toHaveLength(2)
    two.subscription.close()
    await until(() => expect(bed.tails()).toEqual([]))
    expect(runtime().logFollowers.size).toBe(0)
  })

  it('gives the newest of a flood, with what was left out', async () => {
    await bed.addRun('flood')
    const { seen } = await watch('flood')
    await until(() => expect(bed.tails()).toHaveLength(2))
    const line = Buffer.from(`${'f'.repeat(99)}\n`.repeat(10_000))
    for (let i = 0; i < 60; i += 1) bed.write('flood', line)
    bed.write('flood', 'the newest line\n')
    const size = 60 * line.length + 16
    await until(() => {
      const last = seen.at(-1)
      if (last?.type !== 'job_log') throw new Error('no log yet')
      expect(last.next_offset).toBe(size)
      expect(last.text).toContain('the newest line\n')
    })
    let next = 0
    for (const event of seen) {
      if (event.type !== 'job_log') continue
      expect(event.offset - event.skipped_bytes).toBe(next)
      expect(event.next_offset - event.offset).toBe(event.text.length)
      next = event.next_offset
    }
  })

  it('goes on with the next attempt', async () => {
    await bed.addRun('retried')
    bed.write('retried', 'first try\n')
    const { text, seen } = await watch('retried')
    await until(() => expect(text()).toBe('first try\n'))
    await bed.end('retried')
    await until(() => expect(seen.at(-1)).toMatchObject({ ended: true }))
    await bed.retry('retried', 2)
    bed.write('retried', 'second try\n', 'stdout.log', 2)
    await until(() => expect(text()).toBe('first try\nsecond try\n'))
    expect(seen.findLast(({ type }) => type === 'job_log')).toMatchObject({ attempt: 2, offset: 0 })
  })

  it('says that a log is gone', async () => {
    await bed.addRun('gone')
    bed.removeFolder('gone')
    const { seen } = await watch('gone')
    await until(() => expect(seen.at(-1)).toMatchObject({ error: { code: 'log_gone' } }))
  })

  it('refuses what is no job with a log', async () => {
    const subscription = openSubscription()
    const topics = ['job-log:no such job'] as const
    await expect(subscribe({ subscription, topics })).rejects.toMatchObject({
      code: 'job_not_found',
    })
    expect(subscription.topics.size).toBe(0)
    subscription.close()
  })
})

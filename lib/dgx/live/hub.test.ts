import { describe, expect, it } from 'vitest'
import type { LiveEvent } from './events'
import { EventHub } from './hub'

const state = (id: string, status: 'connected' | 'disconnected'): LiveEvent => ({
  type: 'connection',
  connection_id: id,
  status,
  last_error: null,
  connected_at: null,
})
const LONG_MS = 60_000

describe('the hub', () => {
  it('hands an event to those who asked for its topic, and to nobody else', async () => {
    const hub = new EventHub()
    const [connections, jobs] = [hub.subscribe(), hub.subscribe()]
    connections.topics.add('connections')
    jobs.topics.add('jobs')
    hub.publish(state('a', 'connected'))
    hub.publish({ type: 'job_deleted', job_id: 'j' })
    expect((await connections.next(LONG_MS)) as unknown).toMatchObject({
      event: state('a', 'connected'),
    })
    expect((await jobs.next(LONG_MS)) as unknown).toMatchObject({ event: { job_id: 'j' } })
    expect(await connections.next(1)).toBe('idle')
  })

  it('gives a slow listener the newest event of each thing, in order', async () => {
    const hub = new EventHub()
    const slow = hub.subscribe()
    slow.topics.add('connections')
    for (let i = 0; i < 10_000; i += 1)
      hub.publish(state('a', i % 2 ? 'connected' : 'disconnected'))
    hub.publish(state('b', 'connected'))
    hub.publish(state('a', 'disconnected'))
    const first = await slow.next(LONG_MS)
    const second = await slow.next(LONG_MS)
    expect([first, second]).toMatchObject([
      { event: { connection_id: 'b' } },
      { event: { connection_id: 'a', status: 'disconnected' } },
    ])
    expect(await slow.next(1)).toBe('idle')
  })

  it('wakes who waits, and says when it is over', async () => {
    const hub = new EventHub()
    const listener = hub.subscribe()
    listener.topics.add('connections')
    const waiting = listener.next(LONG_MS)
    hub.publish(state('a', 'connected'))
    expect((await waiting) as unknown).toMatchObject({ event: { connection_id: 'a' } })
    const ended = listener.next(LONG_MS)
    hub.stop()
    expect(await ended).toBeNull()
    expect(hub.size).toBe(0)
  })
})

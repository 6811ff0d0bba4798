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

  it('tells who comes a moment later that something has changed, by topic', () => {
    const hub = new EventHub()
    const before = Date.now()
    hub.publish({ type: 'connections_changed' })
    hub.publish(state('a', 'connected'))
    for (const job_id of ['i', 'j']) hub.publish({ type: 'job_deleted', job_id })
    expect(hub.changes('connections', before)).toEqual([{ type: 'connections_changed' }])
    expect(hub.changes('jobs', before)).toEqual([{ type: 'job_deleted', job_id: 'j' }])
    expect(hub.changes('projects', before)).toEqual([])
    expect(hub.changes('connections', Date.now() + 1)).toEqual([])
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

  const piece = (offset: number, text: string, skipped_bytes = 0): LiveEvent => ({
    ...{ type: 'job_log', job_id: 'j', attempt: 1, stream: 'stdout', text, offset },
    ...{ next_offset: offset + text.length, skipped_bytes },
  })

  it('puts pieces of a log together that wait, up to a limit; then says what was left out', async () => {
    const hub = new EventHub()
    const slow = hub.subscribe()
    slow.topics.add('job-log:j')
    for (let i = 0; i < 100; i += 1) hub.publish(piece(i, String(i % 10)))
    const first = await slow.next(LONG_MS)
    if (first === null || first === 'idle') throw new Error('nothing came')
    expect(first.event).toMatchObject({ offset: 0, next_offset: 100, skipped_bytes: 0 })
    expect(first.event).toHaveProperty('text', '0123456789'.repeat(10))

    const long = 'x'.repeat(60_000)
    for (let i = 0; i < 1_000; i += 1) hub.publish(piece(100 + i * long.length, long))
    const second = await slow.next(LONG_MS)
    if (second === null || second === 'idle' || second.event.type !== 'job_log')
      throw new Error('no log came')
    const { event } = second
    expect(event.text.length).toBeLessThanOrEqual(256 * 1024)
    expect(event.next_offset).toBe(100 + 1_000 * long.length)
    expect(event.offset - event.skipped_bytes).toBe(100)
    expect(event.next_offset - event.offset).toBe(event.text.length)
    expect(await slow.next(1)).toBe('idle')
  })

  it('ends what is kept up for a topic once, when it is dropped or its listener goes', () => {
    const hub = new EventHub()
    const listener = hub.subscribe()
    const released: string[] = []
    listener.hold('job-log:a', () => released.push('a'))
    listener.hold('job-log:b', () => released.push('b'))
    listener.drop('job-log:a')
    expect(released).toEqual(['a'])
    listener.close()
    listener.close()
    expect(released).toEqual(['a', 'b'])
    listener.hold('job-log:c', () => released.push('c'))
    expect(released).toEqual(['a', 'b', 'c'])
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Slot, SlotQueue } from './slots'

const short = { kind: 'short', timeoutMs: 60_000 } as const
const stream = { kind: 'stream', timeoutMs: 60_000 } as const

describe('SlotQueue', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('holds back the sixth short command until one ends, in order of asking', async () => {
    const queue = new SlotQueue()
    const held = await Promise.all(Array.from({ length: 5 }, () => queue.acquire(short)))
    expect(held.map((slot) => slot.role)).toEqual(Array(5).fill('control'))
    const order: string[] = []
    void queue.acquire(short).then(() => order.push('first'))
    void queue.acquire(short).then(() => order.push('second'))
    await vi.advanceTimersByTimeAsync(10)
    expect(order).toEqual([])
    held[0]?.release()
    await vi.advanceTimersByTimeAsync(0)
    expect(order).toEqual(['first'])
  })

  it('lets short commands onto the bulk connection once they waited a second', async () => {
    const queue = new SlotQueue()
    await Promise.all(Array.from({ length: 5 }, () => queue.acquire(short)))
    let slot: Slot | undefined
    void queue.acquire(short).then((s) => {
      slot = s
    })
    await vi.advanceTimersByTimeAsync(900)
    expect(slot).toBeUndefined()
    await vi.advanceTimersByTimeAsync(200)
    expect(slot?.role).toBe('bulk')
  })

  it('keeps streams off the control connection', async () => {
    const queue = new SlotQueue()
    const slots = await Promise.all(Array.from({ length: 8 }, () => queue.acquire(stream)))
    expect(new Set(slots.map((slot) => slot.role))).toEqual(new Set(['bulk']))
    expect((await queue.acquire(short)).role).toBe('control')
  })

  it('says too_busy when the deadline passes', async () => {
    const queue = new SlotQueue()
    await Promise.all(Array.from({ length: 8 }, () => queue.acquire(stream)))
    const late = expect(queue.acquire({ ...stream, timeoutMs: 5_000 })).rejects.toMatchObject({
      code: 'too_busy',
    })
    await vi.advanceTimersByTimeAsync(5_001)
    await late
    expect(queue.waiting).toBe(0)
  })

  it('leaves the queue when the caller hangs up', async () => {
    const queue = new SlotQueue()
    await Promise.all(Array.from({ length: 8 }, () => queue.acquire(stream)))
    const caller = new AbortController()
    const waiting = expect(queue.acquire({ ...stream, signal: caller.signal })).rejects.toThrow(
      'gone',
    )
    caller.abort(new Error('gone'))
    await waiting
    expect(queue.waiting).toBe(0)
  })

  it('never counts one release twice', async () => {
    const queue = new SlotQueue()
    const [first] = await Promise.all(Array.from({ length: 5 }, () => queue.acquire(short)))
    first?.release()
    first?.release()
    expect(queue.held('control')).toBe(4)
  })

  it('stays below a limit that the server has shown', async () => {
    const queue = new SlotQueue()
    const [a, b] = [await queue.acquire(short), await queue.acquire(short)]
    queue.lowerLimit('control')
    a.release()
    let isServed = false
    void queue.acquire(short).then(() => {
      isServed = true
    })
    await vi.advanceTimersByTimeAsync(10)
    expect(isServed).toBe(false)
    b.release()
    await vi.advanceTimersByTimeAsync(0)
    expect(isServed).toBe(true)
  })
})

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runtime } from '../../runtime'
import type { LogEvent } from './answers'
import { type LogBed, startLogBed } from './fixtures'
import { followLogs, followRawLog } from './follow'
import { logsQuery } from './schema'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** What buffers hold that somebody still needs. */
function heldBytes(): number {
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

describe('following the log of a run', () => {
  let bed: LogBed
  const open: AbortController[] = []

  /** A follower with what it was given, and a way to wait for more. */
  const follow = async (id: string, query: Record<string, string> = {}) => {
    const caller = new AbortController()
    open.push(caller)
    const events = await followLogs({ id, signal: caller.signal, ...logsQuery.parse(query) })
    const seen: LogEvent[] = []
    const reading = (async () => {
      for await (const event of events) seen.push(event)
    })()
    reading.catch(() => {})
    const text = (stream = 'stdout') =>
      seen
        .map((event) => (event.type === 'log' && event.stream === stream ? event.text : ''))
        .join('')
    const until = (check: () => void) => vi.waitFor(check, { timeout: 25_000, interval: 5 })
    return { caller, seen, reading, text, until }
  }

  beforeAll(async () => {
    bed = await startLogBed()
  })
  afterAll(async () => {
    for (const caller of open) caller.abort()
    await bed?.stop()
  })

  it('gives what is there, lines as they are written, and the end of the job', async () => {
    await bed.addRun('lines')
    bed.write('lines', 'first\n')
    const { seen, text, until, reading } = await follow('lines')
    await until(() => expect(text()).toBe('first\n'))
    await until(() => expect(bed.tails()).toHaveLength(2))
    bed.write('lines', 'second\n')
    await until(() => expect(text()).toBe('first\nsecond\n'))
    bed.write('lines', 'oops\n', 'stderr.log')
    await until(() => expect(text('stderr')).toBe('oops\n'))
    bed.write('lines', 'last words')
    await bed.end('lines')
    await reading
    expect(text()).toBe('first\nsecond\nlast words')
    expect(seen[0]).toMatchObject({ type: 'start', job_id: 'lines', attempt: 1 })
    expect(seen.at(-1)).toMatchObject({ type: 'end', status: 'completed', exit_code: 0 })
    const logs = seen.filter((event) => event.type === 'log' && event.stream === 'stdout')
    for (const [i, event] of logs.entries())
      if (event.type === 'log') {
        const before = logs[i - 1]
        expect(event.offset).toBe(before?.type === 'log' ? before.next_offset : 0)
      }
    await until(() => expect(bed.tails()).toEqual([]))
  })

  it('shares one channel among followers, which ends with the last', async () => {
    await bed.addRun('shared')
    const one = await follow('shared')
    await one.until(() => expect(bed.tails()).toHaveLength(2))
    const channel = bed.tails()
    const two = await follow('shared', { stream: 'stdout' })
    bed.write('shared', 'both see it\n')
    for (const { until, text } of [one, two])
      await until(() => expect(text()).toBe('both see it\n'))
    expect(bed.tails()).toEqual(channel)
    expect(runtime().logFollowers.size).toBe(1)
    one.caller.abort()
    await one.reading
    bed.write('shared', 'one sees it\n')
    await two.until(() => expect(two.text()).toContain('one sees it\n'))
    expect(bed.tails()).toEqual(channel)
    two.caller.abort()
    await two.until(() => expect(bed.tails()).toEqual([]))
    expect(runtime().logFollowers.size).toBe(0)
  })

  it('goes on after a lost connection without a loss and without doubles', async () => {
    await bed.addRun('cut')
    const { seen, text, until, reading } = await follow('cut', { stream: 'stdout' })
    await until(() => expect(bed.tails()).toHaveLength(2))
    let written = ''
    const write = (line: string) => {
      written += line
      bed.write('cut', line)
    }
    for (let i = 0; i < 500; i += 1) write(`line ${i}\n`)
    await until(() => expect(text()).toContain('line 10\n'))
    bed.proxy.sever()
    for (let i = 500; i < 1_000; i += 1) write(`line ${i}\n`)
    await bed.reconnected()
    await until(() => expect(text()).toBe(written))
    bed.sshd.killSessions()
    for (let i = 1_000; i < 1_500; i += 1) write(`line ${i}\n`)
    await bed.reconnected()
    await until(() => expect(text()).toBe(written))
    expect(seen.filter(({ type }) => type === 'reachable')).toEqual(
      expect.arrayContaining([
        { type: 'reachable', reachable: false },
        { type: 'reachable', reachable: true },
      ]),
    )
    await bed.end('cut')
    await reading
    expect(seen.at(-1)?.type).toBe('end')
    await until(() => expect(bed.tails()).toEqual([]))
  })

  it('ends with log_gone when the folder is deleted', async () => {
    await bed.addRun('deleted')
    const { reading, until } = await follow('deleted')
    await until(() => expect(bed.tails()).toHaveLength(2))
    bed.removeFolder('deleted')
    await expect(reading).rejects.toMatchObject({ code: 'log_gone' })
  })

  it('holds the machine back for a slow reader, and loses nothing', async () => {
    await bed.addRun('flood')
    const size = 96 * 2 ** 20
    const caller = new AbortController()
    open.push(caller)
    const bytes = await followRawLog({
      id: 'flood',
      signal: caller.signal,
      ...logsQuery.parse({ stream: 'stdout' }),
    })
    const first = bytes.next()
    await vi.waitFor(() => expect(bed.tails()).toHaveLength(2), 20_000)
    const before = heldBytes()
    const line = Buffer.alloc(2 ** 20, 'flood of text\n')
    for (let i = 0; i < size / line.length; i += 1) bed.write('flood', line)
    const { value } = await first
    let seen = value?.length ?? 0
    // Nobody reads on, so that it comes to a stop: held back, or all here.
    let held = 0
    await vi.waitFor(
      () => {
        const last = held
        held = heldBytes() - before
        expect(held).toBe(last)
      },
      { timeout: 60_000, interval: 300 },
    )
    expect(held).toBeLessThan(size / 3)
    while (seen < size) {
      const next = await bytes.next()
      if (next.done) break
      const expected = Buffer.from(next.value)
      for (let i = 0; i < expected.length; i += 4_096) {
        const at = (seen + i) % line.length
        if (expected[i] !== line[at]) throw new Error(`wrong byte at ${seen + i}`)
      }
      seen += next.value.length
    }
    expect(seen).toBe(size)
    await bytes.return()
  })

  it('follows more runs than there are places for channels', async () => {
    const ids = Array.from({ length: 7 }, (_, i) => `many-${i}`)
    for (const id of ids) await bed.addRun(id)
    const followers = await Promise.all(ids.map((id) => follow(id)))
    for (const id of ids) bed.write(id, `hello ${id}\n`)
    for (const [i, { until, text }] of followers.entries())
      await until(() => expect(text()).toBe(`hello ${ids[i]}\n`))
    for (const id of ids) await bed.end(id)
    for (const { reading, seen } of followers) {
      await reading
      expect(seen.at(-1)?.type).toBe('end')
    }
  })

  it('waits for a machine that is away, after what was kept', async () => {
    await bed.addRun('waiting')
    await bed.away()
    const { seen, text, until, caller } = await follow('waiting')
    await until(() => expect(seen[0]).toMatchObject({ reachable: false, from_cache: true }))
    bed.write('waiting', 'while away\n')
    await bed.back()
    await until(() => expect(text()).toBe('while away\n'))
    caller.abort()
  })
})

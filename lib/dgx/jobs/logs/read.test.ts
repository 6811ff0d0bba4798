import { randomBytes } from 'node:crypto'
import { truncateSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { database } from '../../../db/client'
import { keepTail } from './cached-tail'
import { type LogBed, startLogBed } from './fixtures'
import { readLogs, readRawLogs } from './read'
import { logsQuery } from './schema'

describe('reading the log of a run', () => {
  let bed: LogBed
  const read = (id: string, query: Record<string, string> = {}) =>
    readLogs({ id, ...logsQuery.parse(query) })
  const readRaw = (id: string, query: Record<string, string>) =>
    readRawLogs({ id, ...logsQuery.parse(query) })

  beforeAll(async () => {
    bed = await startLogBed()
  })
  afterAll(() => bed?.stop())

  it('gives the last lines of both streams, and where to go on', async () => {
    await bed.addRun('both')
    bed.write('both', 'one\ntwo\n 1%\r 2%\n')
    bed.write('both', 'warning\n', 'stderr.log')
    expect(await read('both', { tail: '2' })).toMatchObject({
      job_id: 'both',
      attempt: 1,
      phase: 'running',
      ended: false,
      reachable: true,
      from_cache: false,
      stdout: {
        text: 'two\n 2%\n',
        offset: 4,
        next_offset: 16,
        size_bytes: 16,
        eof: true,
        truncated: false,
      },
      stderr: { text: 'warning\n', size_bytes: 8 },
    })
    expect(await read('both', { stream: 'stderr' })).toMatchObject({ stdout: null })
  })

  it('gives the file exactly, in pieces from the cursor of the one before', async () => {
    const content = randomBytes(70_001)
    await bed.addRun('exact')
    bed.write('exact', content)
    const pieces: Buffer[] = []
    let offset = 0
    for (let isEnd = false; !isEnd; ) {
      const { stdout } = await readRaw('exact', {
        stream: 'stdout',
        offset: String(offset),
        max_bytes: '30000',
      })
      if (!stdout) throw new Error('no stdout')
      expect(stdout).toMatchObject({ offset, truncated: !stdout.eof })
      pieces.push(stdout.bytes)
      offset = stdout.next_offset
      isEnd = stdout.eof
    }
    expect(Buffer.concat(pieces).equals(content)).toBe(true)
  })

  it('never splits a character', async () => {
    await bed.addRun('utf8')
    bed.write('utf8', '€'.repeat(30))
    const first = await read('utf8', { stream: 'stdout', offset: '0', max_bytes: '16' })
    expect(first.stdout).toMatchObject({ text: '€'.repeat(5), next_offset: 15, eof: false })
    bed.write('utf8', Buffer.from('€').subarray(0, 2))
    const last = await read('utf8', { stream: 'stdout', offset: '84' })
    expect(last.stdout).toMatchObject({ text: '€€', next_offset: 90, size_bytes: 92, eof: false })
    await bed.end('utf8')
    const end = await read('utf8', { stream: 'stdout', offset: '90' })
    expect(end).toMatchObject({ ended: true, stdout: { text: '\ufffd', eof: true } })
  })

  it('takes an offset behind the end of a file that was cut back to it', async () => {
    await bed.addRun('cut')
    bed.write('cut', 'short')
    const { stdout } = await read('cut', { stream: 'stdout', offset: '900' })
    expect(stdout).toMatchObject({ text: '', next_offset: 5, eof: true })
  })

  it('opens a log of a gibibyte at its end', async () => {
    await bed.addRun('large')
    truncateSync(bed.fileOf('large', 'stdout.log'), 2 ** 30)
    bed.write('large', '\nlast line\n')
    expect((await read('large', { stream: 'stdout', tail: '1' })).stdout).toMatchObject({
      text: 'last line\n',
      size_bytes: 2 ** 30 + 11,
      truncated: false,
    })
    const before = process.memoryUsage().rss
    expect((await read('large', { stream: 'stdout', tail: '5' })).stdout?.truncated).toBe(true)
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20)
  })

  it('is empty for a job that has not run yet', async () => {
    const now = new Date()
    await database().job.create({
      data: {
        ...{ id: 'queued', name: 'queued', phase: 'queued', status: 'pending', command: 'true' },
        ...{ config: {}, metrics: {}, created_at: now, updated_at: now },
      },
    })
    expect(await read('queued')).toMatchObject({
      attempt: 0,
      ended: false,
      stdout: { text: '', size_bytes: 0 },
    })
    await expect(read('queued', { attempt: '1' })).rejects.toMatchObject({
      code: 'attempt_not_found',
    })
  })

  it('refuses a job that is tracked by hand', async () => {
    const now = new Date()
    await database().job.create({
      data: { id: 'hand', name: 'hand', config: {}, metrics: {}, created_at: now, updated_at: now },
    })
    await expect(read('hand')).rejects.toMatchObject({ code: 'job_not_managed' })
  })

  it('says that a log is gone, with what was kept of it', async () => {
    await bed.addRun('gone')
    const run = { job_id: 'gone', attempt: 1 }
    await keepTail(database(), run, 'stdout', { offset: 0, bytes: Buffer.from('kept'), last: null })
    bed.removeFolder('gone')
    await expect(read('gone')).rejects.toMatchObject({
      code: 'log_gone',
      data: { stdout: { text: 'kept' } },
    })
  })

  it('gives what was kept while the machine is away, and says so', async () => {
    await bed.addRun('away')
    const run = { job_id: 'away', attempt: 1 }
    const bytes = Buffer.from('old\nolder\nnewest\n')
    await keepTail(database(), run, 'stdout', { offset: 100, bytes, last: null })
    await database().jobAttempt.updateMany({
      where: { job_id: 'away' },
      data: { stdout_bytes: 500 },
    })
    await bed.away()
    try {
      for (const offset of [300, 700])
        expect(await readRaw('away', { stream: 'stdout', offset: String(offset) })).toMatchObject({
          stdout: { offset, next_offset: offset, eof: offset === 700, truncated: offset < 500 },
        })
      expect(await read('away', { tail: '2' })).toMatchObject({
        ended: false,
        reachable: false,
        from_cache: true,
        stdout: { text: 'older\nnewest\n', offset: 104, next_offset: 117, size_bytes: 500 },
        stderr: { text: '', size_bytes: 0 },
      })
      const { stdout } = await read('away', { stream: 'stdout', offset: '0' })
      expect(stdout).toMatchObject({ offset: 100, truncated: true, eof: false })
    } finally {
      await bed.back()
    }
  })

  it('keeps the last part of what it is given, once each byte', async () => {
    await bed.addRun('pieces')
    const run = { job_id: 'pieces', attempt: 1 }
    const content = randomBytes(700_000)
    let last: Awaited<ReturnType<typeof keepTail>> = null
    for (let at = 0, step = 1; at < content.length; at += step) {
      step = Math.min(content.length - at, (step * 7919) % 40_000)
      // Each time a little is read again, as after a crash.
      const offset = Math.max(0, at - (step % 100))
      const bytes = content.subarray(offset, at + step)
      last = await keepTail(database(), run, 'stdout', { offset, bytes, last })
    }
    const rows = await database().jobLogTail.findMany({
      where: run,
      orderBy: { offset_bytes: 'asc' },
    })
    const kept = Buffer.concat(rows.map((row) => row.content))
    expect(kept.length).toBeGreaterThan(256 * 1024 - 1)
    expect(kept.length).toBeLessThan(300 * 1024)
    expect(kept.equals(content.subarray(content.length - kept.length))).toBe(true)
    expect(rows[0]?.offset_bytes).toBe(content.length - kept.length)
  })
})

import { createHash } from 'node:crypto'
import { truncateSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { downloadLog } from './download'
import { type LogBed, startLogBed } from './fixtures'
import { logDownloadQuery, logSearchQuery } from './schema'
import { searchLogs } from './search'

let bed: LogBed
beforeAll(async () => {
  bed = await startLogBed()
})
afterAll(() => bed?.stop())

describe('searching the log of a run', () => {
  const search = (id: string, query: Record<string, string>) =>
    searchLogs({ id, ...logSearchQuery.parse(query) })

  it('finds lines with their offsets and neighbours, in both streams', async () => {
    await bed.addRun('find')
    bed.write('find', 'zero\none\nERROR a\ntwo\nthree\n--\nERROR b\nfour\n')
    bed.write('find', 'error c\n', 'stderr.log')
    expect(await search('find', { query: 'ERROR', before: '1', after: '1' })).toEqual({
      job_id: 'find',
      attempt: 1,
      matches: [
        { stream: 'stdout', offset: 9, line: 'ERROR a', before: ['one'], after: ['two'] },
        { stream: 'stdout', offset: 30, line: 'ERROR b', before: ['--'], after: ['four'] },
      ],
      truncated: false,
      timed_out: false,
    })
    const { matches } = await search('find', { query: 'error', ignore_case: 'true' })
    expect(matches.map(({ line }) => line)).toEqual(['ERROR a', 'ERROR b', 'error c'])
  })

  it('gives at most limit, and says that there is more', async () => {
    await bed.addRun('limit')
    bed.write('limit', 'x\n'.repeat(10))
    const found = await search('limit', { query: 'x', limit: '3' })
    expect(found.matches).toHaveLength(3)
    expect(found.truncated).toBe(true)
    expect((await search('limit', { query: 'x', limit: '10' })).truncated).toBe(false)
  })

  it.each([
    `'; touch /tmp/owned; '`,
    '$(touch owned)',
    '`id`',
    '-f /etc/passwd',
    '--help',
    '\\',
    '*',
    '€ "quoted" %s !x',
    '[a-',
  ])('takes %s for text', async (query) => {
    const id = `hostile-${createHash('sha1').update(query).digest('hex').slice(0, 8)}`
    await bed.addRun(id)
    bed.write(id, `nothing\n<${query}>\n`)
    const { matches } = await search(id, { query })
    expect(matches).toMatchObject([{ line: `<${query}>`, offset: 8 }])
  })

  it('takes extended expressions, and says what is wrong with one', async () => {
    await bed.addRun('regex')
    bed.write('regex', 'loss=0.5\nloss=nan\n\r 1%\r 2% loss=inf\r 3%\n')
    const { matches } = await search('regex', { query: 'loss=(nan|inf)', regex: 'true' })
    expect(matches.map(({ line, offset }) => [line, offset])).toEqual([
      ['loss=nan', 9],
      [' 2% loss=inf', 23],
    ])
    await expect(search('regex', { query: '(', regex: 'true' })).rejects.toMatchObject({
      code: 'invalid_request',
      details: [{ path: 'query' }],
    })
  })

  it('bounds what a single endless line costs', async () => {
    await bed.addRun('long')
    bed.write('long', `${'y'.repeat(5_000_000)}\n`)
    const { matches } = await search('long', { query: 'yyy' })
    expect(matches[0]?.line.length).toBeLessThanOrEqual(4_096)
  })

  it('says log_gone for a folder that was deleted, not_connected for a machine that is away', async () => {
    await bed.addRun('gone')
    bed.removeFolder('gone')
    await expect(search('gone', { query: 'x' })).rejects.toMatchObject({ code: 'log_gone' })
    await bed.addRun('away')
    await bed.away()
    await expect(search('away', { query: 'x' })).rejects.toMatchObject({ code: 'not_connected' })
    await bed.back()
  })
})

describe('downloading the log of a run', () => {
  const download = (id: string, query: Record<string, string> = {}) =>
    downloadLog({ id, signal: new AbortController().signal, ...logDownloadQuery.parse(query) })

  it('gives 300 MiB as they are, in little memory', async () => {
    await bed.addRun('large')
    const size = 300 * 2 ** 20
    truncateSync(bed.fileOf('large', 'stdout.log'), size - 4)
    bed.write('large', 'end\n')
    const { size_bytes, file_name, bytes } = await download('large')
    expect([size_bytes, file_name]).toEqual([size, 'large-1-stdout.log'])
    const before = process.memoryUsage().rss
    let [seen, most] = [0, 0]
    let last = Buffer.alloc(0)
    for await (const chunk of bytes) {
      seen += chunk.length
      last = Buffer.from(chunk.subarray(-4))
      most = Math.max(most, process.memoryUsage().rss)
    }
    expect(seen).toBe(size)
    expect(last.toString()).toBe('end\n')
    expect(most - before).toBeLessThan(100 * 2 ** 20)
  })

  it('goes on from an offset, and ends the transfer when the reader leaves', async () => {
    const { size_bytes } = await download('large', { offset: String(300 * 2 ** 20 - 2) })
    expect(size_bytes).toBe(2)
    const { bytes } = await download('large')
    await bytes.next()
    await bytes.return()
    await bed.host.idle()
  })

  it('throws when the connection is lost in the middle, with where to go on', async () => {
    const { bytes } = await download('large')
    await bytes.next()
    bed.proxy.sever()
    const rest = (async () => {
      for await (const _ of bytes);
    })()
    await expect(rest).rejects.toMatchObject({
      code: 'connection_lost',
      message: expect.stringContaining('?offset='),
    })
    await bed.reconnected()
  })
})

import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { poolFor } from '@/e2e/testbed/host'
import { type Sshd, startSshd } from '@/e2e/testbed/sshd'
import type { HostPool } from '../../ssh/host-pool'
import { JOBS_FOLDER } from '../runner/paths'
import { readFiles } from './remote-files'

describe('reading files of runs on a real host', () => {
  let sshd: Sshd
  let host: HostPool
  let folder: string
  const place = (name: string, content: string | Buffer) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), content)
    return name
  }

  beforeAll(async () => {
    sshd = await startSshd()
    ;({ host } = poolFor(sshd))
    await host.connect()
    folder = path.join(sshd.dir, 'home', JOBS_FOLDER.slice(2))
  })
  afterAll(async () => {
    await host?.disconnect()
    await sshd?.stop()
  })

  it('tells of folders that are not there before any job ran', async () => {
    expect(await readFiles(host, [{ path: 'j/1/stdout.log', from: 0, max_bytes: 9 }])).toEqual([
      { state: 'gone' },
    ])
  })

  it('gives the bytes at any offset exactly, of many files at once', async () => {
    const content = randomBytes(5_000)
    const file = place('exact/1/stdout.log', content)
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ from: fc.nat(5_500), max_bytes: fc.integer({ min: 0, max: 2_000 }) }),
          { minLength: 1, maxLength: 8 },
        ),
        async (wishes) => {
          const parts = await readFiles(
            host,
            wishes.map((wish) => ({ path: file, ...wish })),
          )
          expect(parts).toEqual(
            wishes.map(({ from, max_bytes }) => ({
              state: 'there',
              size: 5_000,
              offset: from,
              bytes: content.subarray(from, from + max_bytes),
            })),
          )
        },
      ),
      { numRuns: 25 },
    )
  })

  it('counts lines from the end, within the bytes that it may give', async () => {
    const file = place('lines/1/stdout.log', 'one\ntwo\nthree\nfour')
    const last = (lines: number, max_bytes = 1_000) =>
      readFiles(host, [{ path: file, from: 'end', max_bytes, lines }])
    expect(await last(2)).toMatchObject([{ offset: 8, bytes: Buffer.from('three\nfour') }])
    expect(await last(9)).toMatchObject([{ offset: 0, size: 18 }])
    expect(await last(9, 6)).toMatchObject([{ offset: 12, bytes: Buffer.from('e\nfour') }])
  })

  it('tells a file that is not there yet from a folder that was deleted', async () => {
    place('half/1/stdout.log', '')
    const parts = await readFiles(
      host,
      ['half/1/stdout.log', 'half/1/stderr.log', 'half/2/stdout.log'].map((name) => ({
        path: name,
        from: 0,
        max_bytes: 9,
      })),
    )
    expect(parts).toEqual([
      { state: 'there', size: 0, offset: 0, bytes: Buffer.alloc(0) },
      { state: 'absent' },
      { state: 'gone' },
    ])
  })

  it('reads the end of a gibibyte without its beginning', async () => {
    const file = place('large/1/stdout.log', '')
    truncateSync(path.join(folder, file), 3 * 2 ** 30)
    const heapBefore = process.memoryUsage().rss
    const [part] = await readFiles(host, [{ path: file, from: 'end', max_bytes: 1_000 }])
    expect(part).toMatchObject({ size: 3 * 2 ** 30, offset: 3 * 2 ** 30 - 1_000 })
    expect(process.memoryUsage().rss - heapBefore).toBeLessThan(100 * 2 ** 20)
    rmSync(path.join(folder, file))
  })

  it('asks for 1,500 files with one command', async () => {
    for (let i = 0; i < 500; i += 1) place(`many-${i}/1/stdout.log`, `${i}`)
    const parts = await readFiles(
      host,
      Array.from({ length: 1_500 }, (_, i) => ({
        path: `many-${i % 500}/1/${['stdout.log', 'stderr.log', 'metrics.jsonl'][i % 3]}`,
        from: 0,
        max_bytes: 100,
      })),
    )
    expect(parts.filter((part) => part.state === 'there')).toHaveLength(500)
    expect(parts.filter((part) => part.state === 'absent')).toHaveLength(1_000)
  })

  it('refuses a path that is no file of a run', async () => {
    await expect(
      readFiles(host, [{ path: '../../../etc/passwd', from: 0, max_bytes: 9 }]),
    ).rejects.toThrow(RangeError)
  })
})

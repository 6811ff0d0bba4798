import { appendFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { database } from '../../db/client'
import type { PrismaClient } from '../../db/generated/client'
import { runtime } from '../runtime'
import { Collector } from './collector'
import { type LogBed, startLogBed } from './logs/fixtures'

describe('the collector', () => {
  let bed: LogBed
  const errors: unknown[] = []
  const news: string[] = []
  const make = (db: PrismaClient = database()) =>
    new Collector({
      database: db,
      hosts: runtime().hosts,
      onNews: (ids) => void news.push(...ids),
      onError: (error) => void errors.push(error),
    })
  const pass = (collector: Collector) => collector.collect(new AbortController().signal)
  const run = (job_id: string) =>
    database().jobAttempt.findUniqueOrThrow({
      where: { job_id_attempt: { job_id, attempt: 1 } },
      include: { labels: true, tails: true },
    })
  const points = (job_id: string) =>
    database().jobMetric.findMany({ where: { job_id }, orderBy: { id: 'asc' } })
  const tailOf = async (id: string, stream: string) =>
    Buffer.concat(
      (await run(id)).tails
        .filter((piece) => piece.stream === stream)
        .sort((a, b) => a.offset_bytes - b.offset_bytes)
        .map(({ content }) => content),
    ).toString()

  beforeAll(async () => {
    bed = await startLogBed()
  })
  afterAll(() => bed?.stop())

  it('stores labels, metrics and tails of what is new, and lets an ended run go', async () => {
    await bed.addRun('one')
    bed.write('one', 'step=1 loss=0.5\nstep=2 loss=nan\nstep=3 lo')
    bed.write('one', 'Traceback (most recent call last):\n', 'stderr.log')
    writeFileSync(bed.fileOf('one', 'metrics.jsonl'), '{"step": 7, "accuracy": 0.9}\n')
    const collector = make()
    await pass(collector)
    expect(await run('one')).toMatchObject({
      stdout_bytes: 41,
      stdout_scanned_bytes: 32,
      stderr_scanned_bytes: 35,
      metrics_scanned_bytes: 29,
      is_collected: false,
    })
    expect(await tailOf('one', 'stdout')).toBe('step=1 loss=0.5\nstep=2 loss=nan\nstep=3 lo')
    expect(news).toEqual(['one'])
    bed.write('one', 'ss=nan')
    await bed.end('one')
    await pass(collector)
    const after = await run('one')
    expect(after).toMatchObject({ is_collected: true, stdout_scanned_bytes: 47 })
    expect(after.labels.sort((a, b) => a.label.localeCompare(b.label))).toMatchObject([
      { label: 'nan_loss', stream: 'stdout', line: 'step=2 loss=nan', offset_bytes: 16, count: 2 },
      { label: 'traceback', stream: 'stderr', offset_bytes: 0, count: 1 },
    ])
    const byStep = (await points('one')).map(({ step, metrics }) => [step, metrics])
    expect(byStep).toHaveLength(4)
    expect(byStep).toEqual(
      expect.arrayContaining([
        [7, { accuracy: 0.9 }],
        [3, { loss: 'NaN' }],
      ]),
    )
    expect(await tailOf('one', 'stdout')).toBe('step=1 loss=0.5\nstep=2 loss=nan\nstep=3 loss=nan')
    expect(errors).toEqual([])
  })

  it('counts each line once over crashes in the middle of storing and after it', async () => {
    await bed.addRun('crash')
    let fails = false
    const failing = new Proxy(database(), {
      get: (target, name) =>
        name !== '$transaction'
          ? Reflect.get(target, name)
          : (work: (tx: unknown) => Promise<unknown>) =>
              target.$transaction(async (tx) => {
                const done = await work(tx)
                if (fails) throw new Error('the power went out')
                return done
              }),
    })
    let collector = make(failing)
    for (let i = 0; i < 30; i += 1) {
      bed.write('crash', `step=${i} loss=nan\n`)
      fails = i % 3 === 1
      if (i % 5 === 4) collector = make(failing)
      await pass(collector)
    }
    fails = false
    await bed.end('crash')
    await pass(make(failing))
    const { labels, is_collected } = await run('crash')
    expect(is_collected).toBe(true)
    expect(labels).toMatchObject([{ label: 'nan_loss', count: 30, offset_bytes: 0 }])
    expect((await points('crash')).map(({ step }) => step)).toEqual(
      Array.from({ length: 30 }, (_, i) => i),
    )
    expect((await tailOf('crash', 'stdout')).split('\n')).toHaveLength(31)
    expect(errors.splice(0)).toHaveLength(10)
  })

  it('catches up with a long log, in bounded steps, and finds what is in its middle', async () => {
    await bed.addRun('long')
    const filler = Buffer.from(`${'x'.repeat(99)}\n`.repeat(10_000))
    for (let i = 0; i < 5; i += 1) bed.write('long', filler)
    bed.write('long', 'CUDA out of memory\n')
    for (let i = 0; i < 3; i += 1) bed.write('long', filler)
    const collector = make()
    let passes = 0
    do {
      await pass(collector)
      passes += 1
    } while ((await run('long')).stdout_scanned_bytes < 8_000_019)
    expect(passes).toBeGreaterThan(1)
    expect((await run('long')).labels).toMatchObject([
      { label: 'cuda_out_of_memory', offset_bytes: 5_000_000, count: 1 },
    ])
    expect((await tailOf('long', 'stdout')).length).toBeLessThan(300 * 1024)
  })

  it('goes on after a file that was cut, without what was in it before', async () => {
    await bed.addRun('cut')
    bed.write('cut', 'loss=nan and much more of this\n')
    const collector = make()
    await pass(collector)
    writeFileSync(bed.fileOf('cut', 'stdout.log'), 'new\n')
    await pass(collector)
    bed.write('cut', 'loss=nan\n')
    await pass(collector)
    expect((await run('cut')).labels).toMatchObject([{ count: 2 }])
    expect(await tailOf('cut', 'stdout')).toBe('loss=nan\n')
    await bed.end('cut')
  })

  it('takes a line without an end once it is too long to wait for', async () => {
    await bed.addRun('endless')
    bed.write('endless', 'y'.repeat(100_000))
    const collector = make()
    await pass(collector)
    expect((await run('endless')).stdout_scanned_bytes).toBe(100_000)
  })

  it('asks for all runs of a machine with one command, and for none when none is left', async () => {
    for (const id of ['a', 'b', 'c']) {
      await bed.addRun(id)
      bed.write(id, `hello ${id}\n`)
    }
    const opened: string[] = []
    const { host } = bed
    const original = host.openCommand.bind(host)
    host.openCommand = (command, options) => {
      opened.push(options.kind)
      return original(command, options)
    }
    try {
      const collector = make()
      await pass(collector)
      expect(opened).toEqual(['short'])
      expect((await run('c')).stdout_scanned_bytes).toBe(8)
      for (const id of ['a', 'b', 'c', 'long', 'endless']) await bed.end(id)
      await pass(collector)
      opened.length = 0
      await pass(collector)
      expect(opened).toEqual([])
    } finally {
      host.openCommand = original
    }
  })

  it('goes on where it was when a machine comes back, and lets a run with a deleted folder go', async () => {
    await bed.addRun('back')
    const collector = make()
    await bed.away()
    appendFileSync(bed.fileOf('back', 'stdout.log'), 'loss=nan\n')
    await pass(collector)
    expect((await run('back')).stdout_scanned_bytes).toBe(0)
    await bed.back()
    await pass(collector)
    expect((await run('back')).labels).toHaveLength(1)
    bed.removeFolder('back')
    await pass(collector)
    expect((await run('back')).is_collected).toBe(false)
    await bed.end('back')
    await pass(collector)
    expect(await run('back')).toMatchObject({ is_collected: true, stdout_scanned_bytes: 9 })
    expect(errors).toEqual([])
  })

  it('reads a run that has ended to its end for who waits, and waits for no machine that is away', async () => {
    await bed.addRun('finish')
    bed.write('finish', 'loss=nan')
    await bed.end('finish')
    const collector = make()
    collector.start()
    await Promise.all([collector.finish('finish'), collector.finish('finish')])
    expect(await run('finish')).toMatchObject({ is_collected: true, labels: [{ count: 1 }] })
    await bed.addRun('finish-away')
    await bed.end('finish-away')
    await bed.away()
    await collector.finish('finish-away')
    expect((await run('finish-away')).is_collected).toBe(false)
    await bed.back()
    await collector.stop()
  })

  it('lets runs go whose machine was deleted', async () => {
    await bed.addRun('orphan', { phase: 'ended' })
    await database().jobAttempt.updateMany({
      where: { job_id: 'orphan' },
      data: { connection_id: 'no-such-machine' },
    })
    const collector = make()
    collector.start()
    await collector.stop()
    expect((await run('orphan')).is_collected).toBe(true)
  })
})

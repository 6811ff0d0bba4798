import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Prisma, type PrismaClient } from '../../db/generated/client'
import { createTestDatabase } from '../../db/test-database'
import {
  addMachine,
  DAY,
  HOUR,
  insertAll,
  MINUTE,
  RETENTION,
  seededRandom,
} from '../gpu/history.fixtures'
import { RollUp } from '../gpu/rollup'
import type { SampleRow } from '../gpu/store.sql'
import { report as answer } from './answers'
import { makeReport, type ReportRequest } from './report'

/** The last minute before is not rolled up yet. */
const NOW = Date.UTC(2026, 7, 10, 12)

let db: Awaited<ReturnType<typeof createTestDatabase>>
let gpus: number[]
beforeEach(async () => {
  db = await createTestDatabase()
  gpus = await addMachine(db.client, 'lab', 2, NOW)
})
afterEach(() => db.close())

const reportOf = (request: Partial<ReportRequest> = {}) =>
  makeReport({
    ...{ database: db.client, from: NOW - DAY, to: NOW, connectionId: null, projectId: null },
    ...{ retention: RETENTION, now: NOW, ...request },
  })

const sample = (
  gpuId: number | undefined,
  at: number,
  more: Partial<SampleRow> = {},
): SampleRow => ({
  ...{
    gpuId: gpuId ?? 0,
    at,
    gpu_utilization: 50,
    memory_used_mb: 40_000,
    memory_total_mb: 81_920,
  },
  ...{ temperature_c: 60, power_watts: 200, ...more },
})

/** Two readings in each minute. */
const samples = (
  gpuId: number | undefined,
  from: number,
  to: number,
  more: Partial<SampleRow> | ((at: number) => Partial<SampleRow>) = {},
) => {
  const rows: SampleRow[] = []
  for (let at = from + 5_000; at < to; at += 30_000) {
    rows.push(sample(gpuId, at, typeof more === 'function' ? more(at) : more))
  }
  return rows
}

async function store(rows: SampleRow[], now = NOW) {
  await insertAll(db.client, rows)
  await new RollUp({
    database: db.client,
    now: () => now,
    onError: (error) => {
      throw error
    },
  }).run()
}

type RunInput = {
  from: number
  to?: number | null
  gpus?: number[]
  machine?: string | null
  end_reason?: string
  gpu_seconds?: number
  busy_gpu_seconds?: number
  energy_joules?: number
}

async function addJob(
  id: string,
  job: Omit<Partial<Prisma.JobUncheckedCreateInput>, 'attempts'> = {},
  runs: RunInput[] = [],
) {
  const at = new Date(NOW - 30 * DAY)
  await db.client.job.create({
    data: {
      ...{ id, name: id, config: {}, metrics: {}, created_at: at, updated_at: at },
      ...(runs.length > 0 ? { phase: 'running', status: 'running' } : {}),
      ...job,
      attempts: {
        create: runs.map(({ from, to = null, gpus = [0], machine = 'lab', ...more }, i) => ({
          ...{ attempt: i + 1, connection_id: machine, phase: to ? 'ended' : 'running' },
          ...{ gpu_uuids: gpus.map((gpu) => `GPU-lab-${gpu}`), gpu_indices: gpus, run_token: 'x' },
          ...{ created_at: at, started_at: new Date(from), ended_at: to ? new Date(to) : null },
          ...more,
        })),
      },
    },
  })
}

const ended = (at: number, end_reason: string, status: string) => ({
  ...{ phase: 'ended', status, end_reason, completed_at: new Date(at) },
})

const addProject = (id: string) =>
  db.client.project.create({
    data: { id, name: id, config: {}, created_at: new Date(NOW), updated_at: new Date(NOW) },
  })

describe('a report', () => {
  it('tells what was sampled, how much that is, and what was not seen at all', async () => {
    await store([
      ...samples(gpus[0], NOW - 4 * HOUR, NOW - 2 * HOUR),
      ...samples(gpus[1], NOW - 4 * HOUR, NOW, { gpu_utilization: null, power_watts: null }),
    ])
    const report = await reportOf({ from: NOW - 4 * HOUR })
    expect(() => answer.parse(report)).not.toThrow()
    expect(report).toMatchObject({
      coverage_percent: 75,
      total: {
        gpus: 2,
        gpu_hours: {
          possible: 8,
          busy: 1,
          held: 0,
          held_busy: 0,
          held_idle: 0,
          other_busy: 1,
          free: 1,
        },
        gpu_utilization: 50,
        energy_kwh: 0.4,
        energy_gpu_hours: 2,
      },
      gpus: [
        { index: 0, gpu_hours: { possible: 4, sampled: 2, busy: 1 }, peak_temperature_c: 60 },
        {
          index: 1,
          gpu_hours: { possible: 4, busy: null },
          gpu_utilization: null,
          energy_kwh: null,
        },
      ],
      machines: [{ name: 'lab', gpus: 2, peak_memory_used_mb: 40_000, memory_total_mb: 81_920 }],
    })
    expect(report.total.gpu_hours.sampled).toBeCloseTo(6, 1)
    expect(report.series).toHaveLength(4)
  })

  it('is of nothing where nothing was sampled, and of 0 nowhere', async () => {
    const report = await reportOf()
    expect(report).toMatchObject({ coverage_percent: null, gpus: [], machines: [], projects: [] })
    expect(report.total.gpu_hours).toMatchObject({ busy: null, free: null, other_busy: null })
    expect(report.total).toMatchObject({ gpu_utilization: null, energy_kwh: null })
  })

  it('parts the time of GPUs into busy and idle by jobs, busy by others, and free', async () => {
    const start = NOW - 4 * HOUR
    await store([
      // Held for an hour at half, an hour of somebody else, two hours of nothing.
      ...samples(gpus[0], start, NOW, (at) => ({
        gpu_utilization: at < start + HOUR ? 50 : at < start + 2 * HOUR ? 80 : 0,
      })),
      // Held all the time, and never used.
      ...samples(gpus[1], start, NOW, { gpu_utilization: 0 }),
    ])
    await addJob('half', {}, [{ from: start - HOUR, to: start + HOUR }])
    await addJob('idle', {}, [{ from: start - DAY, gpus: [1] }])
    const { total, idle_jobs, gpus: each } = await reportOf({ from: start })
    // Both runs are cut by the start, so that the roll-ups tell.
    expect(total.gpu_hours).toMatchObject({ possible: 8, busy: 1.3, held: 5, held_busy: 0.5 })
    expect(total.gpu_hours.held_idle).toBeCloseTo(4.5, 1)
    expect(total.gpu_hours.other_busy).toBeCloseTo(0.8, 1)
    expect(total.gpu_hours.free).toBeCloseTo(2.2, 1)
    expect(idle_jobs.map(({ name }) => name)).toEqual(['idle', 'half'])
    expect(each.map(({ gpu_hours }) => gpu_hours.held)).toEqual([1, 4])
  })

  it('takes a run that lies in one step as it was accounted', async () => {
    const from = Math.floor((NOW - 3 * DAY) / DAY) * DAY
    const accounted = { gpu_seconds: 3_600, busy_gpu_seconds: 2_700, energy_joules: 720_000 }
    await addJob('a', {}, [{ from: from + HOUR, to: from + 2 * HOUR, ...accounted }])
    const { total, series } = await reportOf({ from, to: from + 3 * DAY })
    expect(series[0]?.gpu_hours).toMatchObject({ held: 1, held_busy: 0.75, held_idle: 0.25 })
    expect(series[1]?.gpu_hours).toMatchObject({ held: 0, held_busy: 0 })
    expect(total.gpu_hours).toMatchObject({ held: 1, sampled: 0, busy: null, other_busy: null })
  })

  it('counts what is held by the clock, and does not guess what nobody saw', async () => {
    await addJob('unseen', {}, [{ from: NOW - 3 * DAY, gpus: [0, 1] }])
    await addJob('gone', {}, [{ from: NOW - 2 * HOUR, to: NOW - HOUR, machine: null }])
    const { total, machines, idle_jobs } = await reportOf()
    expect(total.gpu_hours).toMatchObject({ held: 49, held_busy: null, held_idle: null })
    expect(machines).toMatchObject([
      { name: 'lab', gpus: 2, gpu_hours: { possible: 48, held: 48, sampled: 0 } },
      { connection_id: null, name: null, gpus: 0, gpu_hours: { possible: null, held: 1 } },
    ])
    expect(idle_jobs).toEqual([])
  })

  it('is of one machine, or of the runs of one project', async () => {
    await addMachine(db.client, 'other', 1, NOW)
    await addProject('p')
    await store(samples(gpus[0], NOW - 2 * HOUR, NOW))
    const run = {
      from: NOW - HOUR,
      to: NOW - 30 * MINUTE,
      gpu_seconds: 1_800,
      busy_gpu_seconds: 900,
    }
    await addJob('in', { project_id: 'p' }, [run])
    await addJob('out', {}, [{ ...run, gpus: [1] }])
    const project = await reportOf({ projectId: 'p' })
    expect(project).toMatchObject({ project_id: 'p', coverage_percent: null, jobs: { total: 1 } })
    expect(project.total.gpu_hours).toMatchObject({
      sampled: null,
      held: 0.5,
      held_busy: 0.25,
      free: null,
    })
    expect(project.projects).toMatchObject([{ name: 'p', gpu_hours: { held: 0.5 } }])
    const other = await reportOf({ connectionId: 'other' })
    expect(other).toMatchObject({ jobs: { total: 0 }, total: { gpu_hours: { held: 0 } } })
    expect((await reportOf({ connectionId: 'lab' })).total.gpu_hours.held).toBe(1)
  })

  it('gives the plain sum of minutes, whatever the edges and the tiers', async () => {
    const random = seededRandom(7)
    const start = NOW - 3 * DAY
    const rows: SampleRow[] = []
    for (let at = Math.floor(start / MINUTE) * MINUTE; at < NOW; at += MINUTE) {
      // Hours are missing at times.
      if (Math.floor(at / (2 * HOUR)) % 5 < 2) continue
      const gpu_utilization = Math.round(random() * 100)
      const power_watts = Math.round(random() * 400)
      for (const s of [10, 40]) {
        rows.push(sample(gpus[0], at + s * 1000, { gpu_utilization, power_watts }))
      }
    }
    await store(rows)
    const minutes = rows.filter((_, i) => i % 2 === 0)
    const plain = (from: number, to: number) => {
      const inside = minutes.filter(({ at }) => at >= from && at < to)
      const sum = (name: 'gpu_utilization' | 'power_watts') =>
        inside.reduce((total, row) => total + (row[name] ?? 0), 0)
      return [inside.length / 60, sum('gpu_utilization') / 6_000, (sum('power_watts') * 60) / 3.6e6]
    }
    for (let i = 0; i < 4; i++) {
      const edge = () => Math.floor((start + random() * 3 * DAY) / MINUTE) * MINUTE
      const [from = 0, to = 0] = [edge(), edge()].sort((a, b) => a - b)
      // A run over all of it holds what the period has.
      await db.client.job.deleteMany()
      await addJob('all', {}, [{ from: start - DAY }])
      const { total, series, machines } = await reportOf({ from, to })
      const { sampled, busy, held_busy } = total.gpu_hours
      const [hours = 0, busyHours = 0, kwh = 0] = plain(from, to)
      expect(sampled).toBeCloseTo(hours, 3)
      expect(busy).toBeCloseTo(busyHours, 3)
      expect(held_busy).toBeCloseTo(busyHours, 3)
      expect(total.energy_kwh).toBeCloseTo(kwh, 3)
      expect(machines[0]?.gpu_hours).toEqual(total.gpu_hours)
      for (const step of series) {
        const [hours = 0] = plain(Date.parse(step.from), Date.parse(step.to))
        expect(step.gpu_hours.sampled).toBeCloseTo(hours, 3)
      }
    }
  })

  it('tells of jobs as they stood at the end of the period', async () => {
    const then = NOW - 2 * DAY
    await addJob('done', ended(then - HOUR, 'exit_zero', 'completed'), [
      { from: then - 3 * HOUR, to: then - HOUR, end_reason: 'exit_zero' },
    ])
    await addJob('retried', ended(NOW - HOUR, 'exit_zero', 'completed'), [
      { from: then - 5 * HOUR, to: then - 4 * HOUR, end_reason: 'out_of_memory' },
      { from: NOW - 2 * HOUR, to: NOW - HOUR, end_reason: 'exit_zero' },
    ])
    await addJob('still going then', ended(NOW, 'timed_out', 'failed'), [
      { from: then - HOUR, to: NOW, end_reason: 'timed_out' },
    ])
    await addJob('never ran', ended(then - HOUR, 'cancelled_by_user', 'cancelled'))
    await addJob('by hand', {
      ...{ status: 'failed', started_at: new Date(then - HOUR) },
      completed_at: new Date(then - MINUTE),
    })
    await addJob('by hand, running', {
      ...{ status: 'running', started_at: new Date(then - HOUR) },
    })
    await addJob('later', ended(NOW - HOUR, 'exit_zero', 'completed'))
    const { jobs } = await reportOf({ from: then - DAY, to: then })
    expect(jobs).toEqual({
      ...{ total: 6, runs: 3 },
      managed: { completed: 1, failed: 1, cancelled: 1, running: 1 },
      tracked: { completed: 0, failed: 1, cancelled: 0, running: 1 },
      end_reasons: { exit_zero: 1, out_of_memory: 1, cancelled_by_user: 1 },
    })
  })

  it('finds the best of each metric, in the direction that is better', async () => {
    await addProject('p')
    const summary = (loss: number, accuracy: number) => ({
      val_loss: { count: 2, non_finite: 0, last: 9, min: loss, min_step: 5, max: 9, max_step: 0 },
      accuracy: {
        count: 2,
        non_finite: 0,
        last: 0,
        min: 0,
        min_step: 0,
        max: accuracy,
        max_step: 7,
      },
      lr: { count: 2, non_finite: 0, last: 1, min: 0, min_step: 0, max: 1, max_step: 1 },
      nan_loss: {
        count: 1,
        non_finite: 1,
        last: 'NaN',
        min: null,
        min_step: null,
        max: null,
        max_step: null,
      },
    })
    const over = ended(NOW - HOUR, 'exit_zero', 'completed')
    await addJob('a', { ...over, project_id: 'p', metrics_summary: summary(0.4, 0.7) })
    await addJob('b', { ...over, project_id: 'p', metrics_summary: summary(0.3, 0.6) })
    await addJob('c', over)
    const { projects } = await reportOf()
    expect(projects.find(({ name }) => name === 'p')?.best_metrics).toEqual([
      { name: 'val_loss', better: 'lower', value: 0.3, step: 5, job_id: 'b', job_name: 'b' },
      { name: 'accuracy', better: 'higher', value: 0.7, step: 7, job_id: 'a', job_name: 'a' },
    ])
    expect(projects).toHaveLength(2)
  })

  it('finds what it reads by keys, and reads no whole table', async () => {
    await store(samples(gpus[0], NOW - 2 * HOUR, NOW))
    await addJob('a', ended(NOW - HOUR, 'exit_zero', 'completed'), [{ from: NOW - 3 * DAY }])
    const plans: string[] = []
    const { client } = db
    const database = new Proxy(client, {
      get: (target, name) => {
        if (name !== '$queryRaw') return Reflect.get(target, name)
        return async (strings: TemplateStringsArray, ...values: unknown[]) => {
          const { sql, values: parameters } = Prisma.sql(strings, ...values)
          const steps = await client.$queryRawUnsafe<Array<{ detail: string }>>(
            `EXPLAIN QUERY PLAN ${sql}`,
            ...parameters,
          )
          plans.push(...steps.map(({ detail }) => detail))
          return target.$queryRaw(strings, ...values)
        }
      },
    }) as PrismaClient
    await reportOf({ database, from: NOW - HOUR })
    const scans = plans.filter((step) => /^SCAN (?:r|m|a|j)\b(?! VIRTUAL)/.test(step))
    expect(scans).toEqual([])
    expect(plans.filter((step) => step.startsWith('SEARCH')).length).toBeGreaterThan(5)
  })
})

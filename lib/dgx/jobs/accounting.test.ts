import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestDatabase } from '../../db/test-database'
import { addConnection, machineSample } from '../gpu/history.fixtures'
import { JobAccounting } from './accounting'

let db: Awaited<ReturnType<typeof createTestDatabase>>
let accounting: JobAccounting
const errors: unknown[] = []

beforeEach(async () => {
  db = await createTestDatabase()
  errors.length = 0
  for (const id of ['one', 'two']) await addConnection(db.client, id)
  accounting = new JobAccounting({
    database: db.client,
    onError: (error) => errors.push(error),
    now: () => 0,
  })
})
afterEach(async () => {
  await accounting.stop()
  await db.close()
})

async function addRun(id: string, changes: { connection_id?: string; phase?: string } = {}) {
  const at = new Date(0)
  await db.client.job.create({
    data: { id, name: id, config: {}, metrics: {}, created_at: at, updated_at: at },
  })
  await db.client.jobAttempt.create({
    data: {
      ...{ job_id: id, attempt: 1, connection_id: 'one', phase: 'running', created_at: at },
      ...{ gpu_uuids: ['GPU-0'], gpu_indices: [0], run_token: 'x', process_group: 70, ...changes },
    },
  })
}
const runOf = (job_id: string) =>
  db.client.jobAttempt.findUniqueOrThrow({ where: { job_id_attempt: { job_id, attempt: 1 } } })
/** Resolves once the accounting knows a job, or does not (any more). */
const knows = (job_id: string, known = true) =>
  vi.waitFor(
    () =>
      expect(accounting.jobOf('one', { job_id, process_group: null })).toBe(known ? job_id : null),
    20_000,
  )
const busy = (at: number) =>
  machineSample(at, [{ gpu_utilization: 50, power_watts: 100 }, { gpu_utilization: 100 }])

describe('the accounting of jobs', () => {
  it('knows whose a process is, and believes only what runs there', async () => {
    await addRun('a')
    await addRun('over', { phase: 'ended' })
    await addRun('elsewhere', { connection_id: 'two' })
    accounting.reload()
    await knows('a')
    const jobOf = (job_id: string | null, process_group: number | null) =>
      accounting.jobOf('one', { job_id, process_group })
    expect(jobOf('a', null)).toBe('a')
    expect(jobOf(null, 70)).toBe('a')
    expect(jobOf('over', 71)).toBeNull()
    expect(jobOf('elsewhere', 71)).toBeNull()
    expect(jobOf('of another app', null)).toBeNull()
    expect(jobOf(null, null)).toBeNull()
  })

  it('writes what the samples say of each run, and adds to what was there', async () => {
    await addRun('a')
    await addRun('elsewhere', { connection_id: 'two' })
    accounting.reload()
    await knows('a')
    for (const at of [1_000, 3_000]) accounting.record('one', busy(at))
    await accounting.flush()
    for (const at of [5_000, 7_000]) accounting.record('one', busy(at))
    await accounting.flush()
    expect(await runOf('a')).toMatchObject({
      gpu_seconds: 6,
      busy_gpu_seconds: 3,
      energy_joules: 600,
      peak_gpu_memory_mb: null,
      idle_since: null,
    })
    expect(await runOf('elsewhere')).toMatchObject({ gpu_seconds: 0, energy_joules: 0 })
  })

  it('writes the last seconds of a run that is over, and its idleness', async () => {
    await addRun('a')
    accounting.reload()
    await knows('a')
    for (let at = 0; at <= 300_000; at += 30_000) {
      accounting.record('one', machineSample(at, [{ gpu_utilization: 0 }]))
    }
    await db.client.jobAttempt.updateMany({ data: { phase: 'ended' } })
    accounting.reload()
    await knows('a', false)
    await accounting.stop()
    expect(await runOf('a')).toMatchObject({ gpu_seconds: 300, idle_since: new Date(0) })
    expect(errors).toEqual([])
  })

  it('keeps what cannot be written', async () => {
    await addRun('a')
    accounting.reload()
    await knows('a')
    await db.client.$executeRaw`ALTER TABLE dgx_job_attempts RENAME TO away`
    accounting.record('one', busy(1_000))
    accounting.record('one', busy(3_000))
    await expect(accounting.flush()).rejects.toThrow()
    accounting.record('one', busy(5_000))
    await db.client.$executeRaw`ALTER TABLE away RENAME TO dgx_job_attempts`
    await accounting.flush()
    expect(await runOf('a')).toMatchObject({ gpu_seconds: 4, energy_joules: 400 })
  })
})

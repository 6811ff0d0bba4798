import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../db/test-database'
import { AuditLog } from '../audit/log'
import type { LiveEvent } from '../live/events'
import type { EndedRun, RunEnd } from './ends'
import { JobStore } from './store'

describe('the changes of managed jobs', () => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>
  let store: JobStore
  const events: LiveEvent[] = []
  let count = 0

  beforeAll(async () => {
    test = await createTestDatabase()
    store = new JobStore({
      database: test.client,
      publish: (event) => events.push(event),
      live: () => ({ isConnected: () => true, queuePosition: () => 1 }),
      onRuns: () => {},
      audit: new AuditLog({ database: test.client, keptDays: 365, onError: fail }),
    })
    const times = { created_at: new Date(1), updated_at: new Date(1) }
    await test.client.connection.create({
      data: { id: 'm', name: 'm', hostname: 'm', username: 'u', ...times },
    })
  })
  afterAll(() => test.close())

  const fail = (error: unknown) => {
    throw error
  }
  const entries = async (id: string) =>
    (
      await test.client.auditEntry.findMany({ where: { target_id: id }, orderBy: { id: 'asc' } })
    ).map(({ action, outcome, exit_code }) => [action, outcome, exit_code])
  const queued = async (more: object = {}) => {
    count += 1
    const id = `job-${count}`
    const times = { created_at: new Date(count), updated_at: new Date(count) }
    await test.client.job.create({
      data: {
        ...{ id, name: id, config: {}, metrics: {}, command: 'true', phase: 'queued', gpus: 1 },
        ...times,
        ...more,
      },
    })
    return id
  }
  const place = (id: string, ...uuids: string[]) =>
    store.place({
      ...{ id, connection_id: 'm', machine: 'm' },
      gpus: uuids.map((uuid, index) => ({ uuid, index })),
    })
  const get = (id: string) =>
    test.client.job.findUniqueOrThrow({ where: { id }, include: { attempts: true } })
  const leases = async () =>
    (await test.client.gpuLease.findMany()).map(({ gpu_uuid, job_id }) => `${gpu_uuid} ${job_id}`)
  const ended = (id: string, more: Partial<RunEnd> = {}, isGone = true): EndedRun => ({
    ...{ job_id: id, attempt: 1, machine: 'm', started_at: new Date(5), isGone },
    end: {
      ...{ reason: 'exit_nonzero', exit_code: 1, exit_signal: null, message: null },
      ...{ ended_at: new Date(9), stdout_bytes: 10, stderr_bytes: null },
      ...more,
    },
  })
  const end = (id: string, more: Partial<RunEnd> = {}, isGone = true) =>
    store.endRuns([ended(id, more, isGone)])

  it('give a GPU to one job, whoever asks at the same time', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => queued()))
    const placed = await Promise.all(ids.map((id) => place(id, 'g1', 'g2')))
    expect(placed.filter(Boolean)).toHaveLength(1)
    const winner = ids[placed.indexOf(true)] ?? ''
    expect(await leases()).toEqual([`g1 ${winner}`, `g2 ${winner}`])
    for (const id of ids.filter((id) => id !== winner)) {
      expect(await get(id)).toMatchObject({ phase: 'queued', attempt: 0, attempts: [] })
    }
    await end(winner)
    expect(await leases()).toEqual([])
  })

  it('keep GPUs until nothing of the run is left, though the job has its end', async () => {
    const id = await queued()
    await place(id, 'g1')
    await end(id, {}, false)
    expect(await get(id)).toMatchObject({ phase: 'ended', status: 'failed', exit_code: 1 })
    expect(await leases()).toEqual([`g1 ${id}`])
    await store.closeRuns([{ job_id: id, attempt: 1 }])
    expect(await leases()).toEqual([])
  })

  it('never write over an end', async () => {
    const id = await queued()
    await place(id)
    await end(id, { reason: 'exit_zero', exit_code: 0 })
    await end(id, { reason: 'lost', exit_code: null })
    expect(await store.requestCancel(id)).toBeNull()
    await store.setRunning({
      ...{ job_id: id, attempt: 1, machine: 'm', started_at: new Date(1) },
      ...{ pid: 1, process_group: 1, boot_id: 'b' },
    })
    expect(await get(id)).toMatchObject({
      status: 'completed',
      phase: 'ended',
      end_reason: 'exit_zero',
      attempts: [{ end_reason: 'exit_zero', exit_code: 0, stdout_bytes: 10 }],
    })
  })

  it('try again as often as they may, but not what was cancelled', async () => {
    const id = await queued({ retries_left: 1 })
    await place(id)
    await end(id)
    expect(await get(id)).toMatchObject({ phase: 'queued', status: 'pending', retries_left: 0 })
    const cancelled = await queued({ retries_left: 1 })
    await place(cancelled)
    expect(await store.requestCancel(cancelled)).toMatchObject({ phase: 'stopping' })
    await end(cancelled, { reason: 'cancelled_by_user' })
    expect(await get(cancelled)).toMatchObject({ phase: 'ended', status: 'cancelled' })
    const late = await queued({ retries_left: 1 })
    await place(late)
    await end(late, { reason: 'timed_out' })
    expect(await get(late)).toMatchObject({ phase: 'ended', status: 'failed', retries_left: 1 })
  })

  it('are in the audit trail, each once', async () => {
    const id = await queued({ retries_left: 1 })
    await place(id)
    const facts = { pid: 1, process_group: 1, boot_id: 'b', started_at: new Date(1) }
    const run = { job_id: id, attempt: 1, machine: 'm', ...facts }
    await store.setRunning(run)
    expect(await place(id)).toBe(false)
    await end(id, {}, false)
    await end(id)
    await store.closeRuns([{ job_id: id, attempt: 1 }])
    await place(id)
    const last = ended(id, { reason: 'exit_zero', exit_code: 0 })
    await store.endRuns([{ ...last, attempt: 2 }])
    await store.endRuns([{ ...last, attempt: 2 }])
    expect(await entries(id)).toEqual([
      ['jobStarted', 'ok', null],
      ['jobRetried', 'exit_nonzero', 1],
      ['jobStarted', 'ok', null],
      ['jobEnded', 'ok', 0],
    ])
    const waiting = await queued()
    const over = { id: waiting, from: ['queued'] as const, message: '' }
    await store.end({ ...over, reason: 'dependency_failed' })
    await store.end({ ...over, reason: 'dependency_failed' })
    expect(await entries(waiting)).toEqual([['jobEnded', 'dependency_failed', null]])
    const cancelled = await queued()
    await store.end({ ...over, id: cancelled, reason: 'cancelled_by_user' })
    expect(await entries(cancelled)).toEqual([])
  })

  it('take the ends of many runs together, each as if it were alone', async () => {
    const before = await leases()
    const [whole, held, again, known, next] = [
      await queued(),
      await queued(),
      await queued({ retries_left: 1 }),
      await queued(),
      await queued({ retries_left: 1 }),
    ] as const
    for (const id of [whole, held, again, known, next]) await place(id, `gpu of ${id}`)
    await end(known, { reason: 'exit_zero', exit_code: 0 }, false)
    await end(next)
    await place(next, `gpu of ${next}`)
    events.length = 0
    await store.endRuns([
      ended(whole),
      ended(held, {}, false),
      ended(again),
      ended(known),
      // Of its first attempt, while its second one runs.
      ended(next),
    ])
    expect(await get(whole)).toMatchObject({
      ...{ phase: 'ended', status: 'failed', exit_code: 1, wait_reason: null },
      ...{ started_at: new Date(5), completed_at: new Date(9) },
      attempts: [{ phase: 'ended', ended_at: new Date(9), stdout_bytes: 10, stderr_bytes: 0 }],
    })
    expect(await get(held)).toMatchObject({ phase: 'ended', attempts: [{ phase: 'stopping' }] })
    expect(await get(again)).toMatchObject({
      ...{ phase: 'queued', status: 'pending', retries_left: 0 },
      ...{ started_at: null, completed_at: null },
    })
    expect(await get(known)).toMatchObject({
      ...{ status: 'completed', end_reason: 'exit_zero' },
      attempts: [{ phase: 'ended', end_reason: 'exit_zero' }],
    })
    expect(await get(next)).toMatchObject({ phase: 'starting', attempt: 2, end_reason: null })
    expect((await leases()).filter((lease) => !before.includes(lease)).sort()).toEqual(
      [held, next].map((id) => `gpu of ${id} ${id}`).sort(),
    )
    expect(events.map((event) => event.type === 'job' && event.job.id).sort()).toEqual(
      [whole, held, again, known].sort(),
    )
  })

  it('say the same of many runs, and tell only of those that stood otherwise', async () => {
    const [one, other, over] = [await queued(), await queued(), await queued()] as const
    for (const id of [one, other, over]) await place(id)
    await end(over)
    const said = { attempt: 1, status_message: 'They run on.' }
    await store.setMessage([{ job_id: one, attempt: 1 }], said.status_message)
    events.length = 0
    const runs = [one, other, over].map((job_id) => ({ job_id, attempt: 1 }))
    await store.setMessage(runs, said.status_message)
    expect(events).toMatchObject([{ type: 'job', job: { id: other, ...said } }])
  })
})

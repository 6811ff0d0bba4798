import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../db/test-database'
import type { LiveEvent } from '../live/events'
import { JobStore, type RunEnd } from './store'

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
    })
    const times = { created_at: new Date(1), updated_at: new Date(1) }
    await test.client.connection.create({
      data: { id: 'm', name: 'm', hostname: 'm', username: 'u', ...times },
    })
  })
  afterAll(() => test.close())

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
  const end = (id: string, more: Partial<RunEnd> = {}, isGone = true) =>
    store.endRun({
      ...{ job_id: id, attempt: 1, machine: 'm', started_at: new Date(5), isGone },
      end: {
        ...{ reason: 'exit_nonzero', exit_code: 1, exit_signal: null, message: null },
        ...{ ended_at: new Date(9), stdout_bytes: 10, stderr_bytes: null },
        ...more,
      },
    })

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
    await store.finishRun({ job_id: id, attempt: 1 })
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
})

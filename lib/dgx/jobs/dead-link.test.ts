import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { NOBODY } from '../caller'
import { runtime } from '../runtime'
import type { Job } from './answers'
import { startLogBed } from './logs/fixtures'
import { createJob, getJob } from './records'
import { jobInput } from './schema'

const DEAD_MS = 60_000

describe('a network that swallows everything for a minute', () => {
  let bed: Awaited<ReturnType<typeof startLogBed>>

  beforeAll(async () => {
    bed = await startLogBed()
    // As in the app, it is there before the first machine is.
    await bed.away()
    runtime().scheduler.start()
    await bed.back()
  })
  afterAll(() => bed.stop())

  const home = () => path.join(bed.sshd.dir, 'home')
  const open = (gate: string) => writeFileSync(path.join(home(), gate), '')
  const start = (gate: string, code: number) => {
    const command = `until [ -e ${gate} ]; do sleep 0.1; done; echo over > over-${gate}; exit ${code}`
    const input = jobInput.parse({ name: gate, connection_id: 'box', gpus: 0, command })
    return createJob(input, { caller: NOBODY })
  }
  const once = (id: string, facts: object) =>
    vi.waitFor(
      async () => {
        const job = await getJob({ id })
        expect(job).toMatchObject(facts)
        return job
      },
      { timeout: 60_000, interval: 100 },
    )

  it('ends no job; what became of each is known once it lets through again', async () => {
    const [ends, stays] = await Promise.all([start('ends', 6), start('stays', 0)])
    await Promise.all([ends, stays].map(({ id }) => once(id, { phase: 'running' })))
    const told: Job[] = []
    const subscription = runtime().hub.subscribe()
    subscription.topics.add('jobs')
    const listening = (async () => {
      for (;;) {
        const message = await subscription.next(DEAD_MS)
        if (message === null) return
        if (message !== 'idle' && message.event.type === 'job') told.push(message.event.job)
      }
    })()

    bed.proxy.blackhole()
    const deadAt = Date.now()
    open('ends')
    await vi.waitFor(() => expect(existsSync(path.join(home(), 'over-ends'))).toBe(true), 30_000)
    const endedBy = Date.now()
    for (const { id } of [ends, stays]) {
      const { last_seen_at, status_message } = await once(id, {
        ...{ status: 'running', phase: 'running', reachable: false },
      })
      expect(Math.abs(Date.parse(last_seen_at ?? '') - deadAt)).toBeLessThan(15_000)
      expect(status_message).toContain('cannot be reached')
    }
    await delay(deadAt + DEAD_MS - Date.now())
    for (const { id } of [ends, stays]) {
      expect(await getJob({ id })).toMatchObject({ status: 'running', reachable: false })
    }
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set(['running']))
    expect(told.map(({ id }) => id).sort()).toEqual([ends.id, stays.id].sort())
    subscription.close()
    await listening

    bed.proxy.restore()
    const ended = await once(ends.id, { status: 'failed', exit_code: 6, attempt: 1 })
    const endedAt = Date.parse(ended.completed_at ?? '')
    expect(endedAt).toBeGreaterThan(deadAt - 2_000)
    expect(endedAt).toBeLessThan(endedBy + 10_000)
    await once(stays.id, { status: 'running', reachable: true })
    open('stays')
    await once(stays.id, { status: 'completed', exit_code: 0, attempt: 1 })
  }, 240_000)
})

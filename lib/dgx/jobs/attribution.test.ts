import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase } from '../../db/test-database'
import { addConnection } from '../gpu/history.fixtures'
import { Sampler } from '../gpu/sampler'
import type { MachineSample } from '../gpu/types'
import { JobAccounting } from './accounting'
import { type Machine, runSpec, startMachine } from './runner/fixtures'
import { launchRun } from './runner/launch'
import { stopRun } from './runner/stop'

let machine: Machine
let db: Awaited<ReturnType<typeof createTestDatabase>>
beforeAll(async () => {
  machine = await startMachine()
  db = await createTestDatabase()
  await addConnection(db.client, 'machine')
})
afterAll(async () => {
  await machine?.stop()
  await db?.close()
})

/** The first sample of which `test` is true. */
async function sampleWhere(of: Sampler, test: (sample: MachineSample) => boolean) {
  for (;;) {
    const sample = await of.next(60_000)
    if (!sample) throw new Error('no sample')
    if (test(sample)) return sample
  }
}

it('a GPU process of a run on a real machine is its job’s, and its use is written down', async () => {
  const accounting = new JobAccounting({ database: db.client, onError: console.error })
  const sampler = new Sampler({
    host: machine.host,
    intervalMs: 1000,
    known: [],
    jobOf: (origin) => accounting.jobOf('machine', origin),
    onSample: (sample) => {
      accounting.record('machine', sample)
    },
  })
  const run = runSpec({ command: 'python3 -c "import time; time.sleep(300)" & wait' })
  try {
    const facts = await launchRun(machine.host, run)
    const { live_pids } = await machine.until(run, (now) => now.live_pids.length === 2)
    const pid = live_pids.find((each) => each !== facts.process_group) ?? 0
    writeFileSync(
      path.join(machine.sshd.dir, 'state/pids'),
      JSON.stringify([
        { pid, gpu: 0, name: 'python3', memory_used_mb: 1234 },
        { pid: process.pid, gpu: 1, name: 'node', memory_used_mb: 99 },
      ]),
    )
    sampler.start()
    const first = await sampleWhere(sampler, ({ gpus }) => gpus.length > 0)
    const gpu_uuids = [first.gpus[0]?.uuid ?? '']
    const at = new Date()
    await db.client.job.create({
      data: { id: run.job_id, name: 'a', config: {}, metrics: {}, created_at: at, updated_at: at },
    })
    await db.client.jobAttempt.create({
      data: {
        ...{ job_id: run.job_id, attempt: 1, connection_id: 'machine', phase: 'running' },
        ...{ run_token: run.run_token, created_at: at, gpu_uuids, gpu_indices: [0] },
      },
    })
    accounting.reload()
    const { gpus, gpus_recorded_at } = await sampleWhere(
      sampler,
      (sample) => sample.gpus[0]?.processes[0]?.job_id === run.job_id,
    )
    expect(gpus[0]?.processes).toMatchObject([{ pid, job_id: run.job_id }])
    expect(gpus[1]?.processes).toMatchObject([{ pid: process.pid, job_id: null }])
    // Usage is of the time between two readings.
    await sampleWhere(sampler, (sample) => sample.gpus_recorded_at !== gpus_recorded_at)
    await accounting.stop()
    const usage = await db.client.jobAttempt.findFirstOrThrow()
    expect(usage).toMatchObject({ peak_gpu_memory_mb: 1234, idle_since: null })
    expect(usage.gpu_seconds).toBeGreaterThan(0)
    // The stand-in's first GPU is at 98 % and 389 W.
    expect(usage.busy_gpu_seconds / usage.gpu_seconds).toBeCloseTo(0.98)
    expect(usage.energy_joules / usage.gpu_seconds).toBeCloseTo(389.12)
  } finally {
    sampler.stop()
    await stopRun(machine.host, run, { grace_s: 1 })
  }
})

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createTestDatabase } from '@/lib/db/test-database'
import { addMachine, DAY, HOUR, RETENTION, seededRandom } from '@/lib/dgx/gpu/history.fixtures'
import { makeReport } from '@/lib/dgx/report/report'
import { fillTier } from './history'

const MACHINES = 4
const GPUS = 8
const RUNS = 4_000
const DAYS = [7, 30, 365]

export type ReportResult = { days: number; ms: number; cpu_ms: number; longest_hold_ms: number }

/** The report of a part of a large fleet; of some rounds the best, as others use the machine, too. */
export async function benchReport(options: { rounds: number }): Promise<ReportResult[]> {
  const { client: database, close } = await createTestDatabase()
  try {
    const now = Date.now()
    for (let i = 0; i < MACHINES; i += 1) {
      for (const gpuId of await addMachine(database, `m${i}`, GPUS, now)) {
        await fillTier(database, { gpuId, bucketS: 60, days: 2, now })
        for (const bucketS of [900, 10_800])
          await fillTier(database, { gpuId, bucketS, days: 365, now })
      }
    }
    await addRuns(now)
    const results: ReportResult[] = []
    for (const days of DAYS) {
      const rounds: ReportResult[] = []
      for (let i = 0; i < options.rounds; i += 1) rounds.push(await measure(days, now))
      const best = (key: keyof ReportResult) => Math.min(...rounds.map((round) => round[key]))
      results.push({
        days,
        ms: best('ms'),
        cpu_ms: best('cpu_ms'),
        longest_hold_ms: best('longest_hold_ms'),
      })
    }
    return results
  } finally {
    await close()
  }

  async function measure(days: number, now: number): Promise<ReportResult> {
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const startedAt = performance.now()
    const before = process.cpuUsage()
    await makeReport({
      ...{ database, from: now - days * DAY, to: now, now, retention: RETENTION },
      ...{ connectionId: null, projectId: null },
    })
    const { user, system } = process.cpuUsage(before)
    const ms = Math.round(performance.now() - startedAt)
    delay.disable()
    const cpu_ms = Math.round((user + system) / 1000)
    return { days, ms, cpu_ms, longest_hold_ms: Math.round(delay.max / 1e6) }
  }

  /** Each on two GPUs, for one to two days' hours. */
  async function addRuns(now: number) {
    const random = seededRandom(3)
    const runs = Array.from({ length: RUNS }, (_, i) => {
      const [machine, gpu] = [
        Math.floor(random() * MACHINES),
        Math.floor((random() * GPUS) / 2) * 2,
      ]
      const from = now - Math.floor(random() * 365 * DAY)
      const to = Math.min(now, from + HOUR + Math.floor(random() * 2 * DAY))
      return { id: `j${i}`, machine: `m${machine}`, gpus: [gpu, gpu + 1], from, to }
    })
    for (let i = 0; i < RUNS; i += 500) {
      const some = runs.slice(i, i + 500)
      await database.job.createMany({
        data: some.map(({ id, from, to }) => ({
          ...{ id, name: id, config: {}, metrics: {}, phase: 'ended', status: 'completed' },
          ...{ end_reason: 'exit_zero', completed_at: new Date(to) },
          ...{ created_at: new Date(from), updated_at: new Date(to) },
        })),
      })
      await database.jobAttempt.createMany({
        data: some.map(({ id, machine, gpus, from, to }) => ({
          ...{ job_id: id, attempt: 1, connection_id: machine, phase: 'ended', run_token: id },
          ...{ gpu_uuids: gpus.map((gpu) => `GPU-${machine}-${gpu}`), gpu_indices: gpus },
          ...{ created_at: new Date(from), started_at: new Date(from), ended_at: new Date(to) },
          ...{ end_reason: 'exit_zero', gpu_seconds: (to - from) / 500, energy_joules: 1e6 },
          busy_gpu_seconds: (to - from) / 1000,
        })),
      })
    }
  }
}

import { EventEmitter, once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { poolFor } from '@/e2e/testbed/host'
import { startSshd } from '@/e2e/testbed/sshd'
import { createTestDatabase } from '@/lib/db/test-database'
import { AuditLog } from '@/lib/dgx/audit/log'
import { MachineRuns } from '@/lib/dgx/jobs/scheduler/machine-runs'
import { JobStore } from '@/lib/dgx/jobs/store'

const RUNS = 500

export type EndedRunsResult = { runs: number; ms: number; cpu_ms: number; commands: number }

/**
 * Runs that have all ended while nobody looked: from the first question to their machine until the
 * last end is stored and announced, and its GPU is given back.
 */
export async function benchEndedRuns(): Promise<EndedRunsResult> {
  const [sshd, test] = await Promise.all([startSshd(), createTestDatabase()])
  const { host } = poolFor(sshd)
  const { client } = test
  const times = { created_at: new Date(1), updated_at: new Date(1) }
  const jobs = Array.from({ length: RUNS }, (_, i) => `job-${i}`)
  await client.connection.create({
    data: { id: 'm', name: 'm', hostname: 'm', username: 'u', ...times },
  })
  await client.job.createMany({
    data: jobs.map((id) => ({
      ...{ id, name: id, command: 'python train.py', config: {}, metrics: {}, gpus: 1 },
      ...{ phase: 'running', status: 'running', attempt: 1, connection_id: 'm', ...times },
    })),
  })
  await client.jobAttempt.createMany({
    data: jobs.map((job_id, i) => ({
      ...{ job_id, attempt: 1, connection_id: 'm', phase: 'running', run_token: `token${i}` },
      ...{ gpu_uuids: [`GPU-${i}`], gpu_indices: [i], created_at: new Date(1) },
      started_at: new Date(1),
    })),
  })
  await client.gpuLease.createMany({
    data: jobs.map((job_id, i) => ({
      ...{ job_id, attempt: 1, connection_id: 'm', gpu_uuid: `GPU-${i}`, taken_at: new Date(1) },
    })),
  })
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  for (const id of jobs) {
    const folder = path.join(sshd.dir, 'home/.dgx-command-center/jobs', id, '1')
    mkdirSync(folder, { recursive: true })
    for (const log of ['stdout.log', 'stderr.log', 'metrics.jsonl'])
      writeFileSync(path.join(folder, log), '')
    writeFileSync(path.join(folder, 'claim'), `4000000 1 ${boot}\n`)
    writeFileSync(path.join(folder, 'pid'), `4000000 1 4000001 1 4000001 ${boot} 1.00\n`)
    writeFileSync(path.join(folder, 'exit'), `0 exited 2.00 ${boot} \n`)
  }
  let commands = 0
  let announced = 0
  const events = new EventEmitter()
  const store = new JobStore({
    database: client,
    publish: () => {
      announced += 1
      if (announced === RUNS) events.emit('all')
    },
    live: () => ({ isConnected: () => true, queuePosition: () => null }),
    onRuns: () => {},
    audit: new AuditLog({ database: client, keptDays: 1, onError: () => {} }),
  })
  const machine = new MachineRuns({
    connectionId: 'm',
    machine: async () => 'm',
    host: () => host,
    database: client,
    jobs: store,
    killGraceS: 10,
    onError: (error) => events.emit('error', error),
  })
  try {
    await host.connect()
    const openCommand = host.openCommand.bind(host)
    host.openCommand = (...args) => {
      commands += 1
      return openCommand(...args)
    }
    const all = once(events, 'all')
    const startedAt = performance.now()
    const before = process.cpuUsage()
    machine.wake()
    await all
    const { user, system } = process.cpuUsage(before)
    const ms = Math.round(performance.now() - startedAt)
    const left =
      (await client.gpuLease.count()) + (await client.job.count({ where: { phase: 'running' } }))
    if (left > 0) throw new Error(`${left} jobs and GPUs were left`)
    return { runs: RUNS, ms, cpu_ms: Math.round((user + system) / 1000), commands }
  } finally {
    await machine.stop()
    await host.disconnect()
    await sshd.stop()
    await test.close()
  }
}

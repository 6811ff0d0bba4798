import { randomBytes } from 'node:crypto'
import { poolFor } from '@/e2e/testbed/host'
import { startSshd } from '@/e2e/testbed/sshd'
import { launchRun } from '@/lib/dgx/jobs/runner/launch'
import { probeRuns } from '@/lib/dgx/jobs/runner/probe'
import { stopRun } from '@/lib/dgx/jobs/runner/stop'
import type { RunSpec } from '@/lib/dgx/jobs/runner/types'
import { exec } from '@/lib/dgx/ssh/exec'
import { percentiles, type Times, time } from './statistics'

/** What the runner costs on one real sshd; a command `true` beside it shows what the way there costs. */
export async function benchJobs(options: { rounds: number }): Promise<Record<string, Times>> {
  const sshd = await startSshd()
  const { host } = poolFor(sshd)
  const spec = (command: string): RunSpec => ({
    job_id: `job-${randomBytes(6).toString('hex')}`,
    attempt: 1,
    run_token: randomBytes(16).toString('hex'),
    ...{ command, working_dir: null, env: {}, gpu_uuids: [], config: {} },
    ...{ timeout_s: null, kill_grace_s: 10 },
  })
  const times: Record<string, number[]> = {}
  const measure = async (name: string, run: () => Promise<unknown>) => {
    times[name] ??= []
    times[name].push(await time(run))
  }
  try {
    await host.connect()
    const started: RunSpec[] = []
    for (let round = 0; round < options.rounds; round += 1) {
      const run = spec('sleep 600')
      started.push(run)
      await measure('a command', () =>
        exec(host, { command: 'true', timeout_ms: 60_000, max_output_bytes: 1024 }),
      )
      await measure('start a run', () => launchRun(host, run))
      await measure('stop a run', () => stopRun(host, run, { grace_s: 10 }))
    }
    const many = Array.from({ length: 500 }, (_, i) => started[i % started.length] ?? spec('true'))
    for (let round = 0; round < options.rounds; round += 1) {
      await measure('ask for 500 runs', () => probeRuns(host, many))
    }
  } finally {
    await host.disconnect()
    await sshd.stop()
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, percentiles(list)]))
}

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

export type SamplingResult = {
  hosts: number
  cpu_share_of_one_core: number
  cpu_s_per_host_minute: number
  event_loop_delay_p50_ms: number
  event_loop_delay_p99_ms: number
  event_loop_delay_max_ms: number
  rows_per_s: number
}

/** What it costs to sample so many eight-GPU machines once a second. */
export async function benchSampling(options: {
  hosts: number
  seconds: number
}): Promise<SamplingResult> {
  const start = (file: string, ...args: string[]): ChildProcess =>
    fork(path.join(import.meta.dirname, file), args, {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
  const simulators = start('simulators.ts', String(options.hosts))
  try {
    const [ports] = await once(simulators, 'message')
    const worker = start('sampling-worker.ts')
    worker.send([ports, options.seconds])
    const [result] = await once(worker, 'message')
    return result as SamplingResult
  } finally {
    simulators.kill()
  }
}

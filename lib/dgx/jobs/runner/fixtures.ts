import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, vi } from 'vitest'
import { poolFor } from '@/e2e/testbed/host'
import { type Sshd, type SshdOptions, startSshd } from '@/e2e/testbed/sshd'
import type { HostPool } from '@/lib/dgx/ssh/host-pool'
import { probeRuns } from './probe'
import type { RunFacts, RunRef, RunSpec } from './types'

/** A machine with a real sshd, and what a test asks of it. Load must not fail a test: waits are long. */
export type Machine = {
  sshd: Sshd
  host: HostPool
  home: string
  probe(ref: RunRef): Promise<RunFacts>
  /** The facts once `test` is true of them. */
  until(ref: RunRef, test: (facts: RunFacts) => boolean): Promise<RunFacts>
  /** The facts once it has ended and left nothing behind. */
  ended(ref: RunRef): Promise<RunFacts>
  /** What a file of the run holds. */
  read(ref: RunRef, name: string): string
  folder(ref: RunRef): string
  stop(): Promise<void>
}

export async function startMachine(options: SshdOptions = {}): Promise<Machine> {
  const sshd = await startSshd(options)
  const { host } = poolFor(sshd)
  await host.connect()
  const home = options.home ?? path.join(sshd.dir, 'home')
  const probe = async (ref: RunRef) => {
    const [facts] = await probeRuns(host, [ref])
    if (!facts) throw new Error('no facts')
    return facts
  }
  const until: Machine['until'] = (ref, test) =>
    vi.waitFor(
      async () => {
        const facts = await probe(ref)
        expect(facts).toSatisfy(test)
        return facts
      },
      { timeout: 60_000, interval: 50 },
    )
  const folder = (ref: RunRef) =>
    path.join(home, '.dgx-command-center/jobs', ref.job_id, String(ref.attempt))
  return {
    sshd,
    host,
    home,
    probe,
    until,
    ended: (ref) => until(ref, (facts) => facts.state === 'ended' && facts.live_pids.length === 0),
    folder,
    read: (ref, name) => readFileSync(path.join(folder(ref), name), 'utf8'),
    stop: async () => {
      await host.disconnect()
      await sshd.stop()
    },
  }
}

export function runSpec(changes: Partial<RunSpec> = {}): RunSpec {
  return {
    job_id: `job-${randomBytes(6).toString('hex')}`,
    attempt: 1,
    run_token: randomBytes(16).toString('hex'),
    command: 'true',
    working_dir: null,
    env: {},
    gpu_uuids: [],
    config: {},
    timeout_s: null,
    kill_grace_s: 5,
    ...changes,
  }
}

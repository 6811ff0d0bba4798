import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { startApp } from '@/e2e/app'
import { startSshd } from '@/e2e/testbed/sshd'
import { AS_SERVED } from './as-served'

export type MemoryResult = { after_start_mb: number; with_3_machines_mb: number; seconds: number }

/** Resident memory of the app: just started, and after a while with three sampled machines. */
export async function benchMemory(options: { seconds: number }): Promise<MemoryResult> {
  const app = await startApp(AS_SERVED)
  const hosts = await Promise.all(
    ['a100x8', 'gb10-busy', 'h100-idle'].map((profile) => startSshd({ profile })),
  )
  try {
    await wait(2_000)
    const after_start_mb = residentMb(app.pid())
    for (const [i, host] of hosts.entries()) {
      await app.call('POST', 'connections', { name: `m${i}`, ...host.target })
      await app.call('POST', `connect/m${i}`)
    }
    await wait(options.seconds * 1_000)
    return { after_start_mb, with_3_machines_mb: residentMb(app.pid()), seconds: options.seconds }
  } finally {
    await app.stop()
    app.remove()
    await Promise.all(hosts.map((host) => host.stop()))
  }
}

function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kb) / 1024)
}

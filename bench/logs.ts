import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type App, startApp } from '@/e2e/app'
import { type Sshd, startSshd } from '@/e2e/testbed/sshd'
import { percentiles, type Times, time } from './statistics'

const GIB = 2 ** 30

export type LogResults = {
  /** From the write on the host to the line at the follower. */
  follower_lag: Times
  /** `GET /jobs/:id/logs?tail=100`. */
  tail_of_10_kib: Times
  tail_of_1_gib: Times
  /** The app's memory before and after the reads of the long log. */
  app_mib: { before: number; after: number }
  download_mib_per_s: number
}

/** The logs of two runs on one real sshd, over HTTP. Their files are written by this process. */
export async function benchLogs(options: { rounds: number }): Promise<LogResults> {
  const [sshd, app] = await Promise.all([startSshd(), startApp({ LOG_LEVEL: 'warn' })])
  const dir = mkdtempSync(path.join(tmpdir(), 'dgx-bench-'))
  const hangUp = new AbortController()
  try {
    await app.call('POST', 'connections', {
      name: 'box',
      ...sshd.target,
      // One sample an hour: this is about logs.
      sample_interval_ms: 3_600_000,
    })
    await app.call('POST', 'connect/box')
    await app.call('POST', 'projects', { name: 'p', connection_id: 'box', remote_path: dir })
    const [short, long] = [await startRun(app, sshd), await startRun(app, sshd)]

    const lags: number[] = []
    const lines = await follow(app, short.id, hangUp.signal)
    for (let i = 0; i < options.rounds; i += 1) {
      const line = `line ${i} ${'x'.repeat(80)}`
      lags.push(
        await time(async () => {
          appendFileSync(short.file, `${line}\n`)
          await lines.until(line)
        }),
      )
    }

    truncateSync(long.file, GIB)
    appendFileSync(long.file, `\n${'the end of a long log\n'.repeat(200)}`)
    const tail = (id: string) =>
      time(async () => {
        const { status, body } = await app.call('GET', `jobs/${id}/logs?tail=100&stream=stdout`)
        if (status !== 200 || !body.data.stdout.text) throw new Error(`no log: ${status}`)
      })
    const times: Record<'short' | 'long', number[]> = { short: [], long: [] }
    const before = memoryOf(app)
    for (let i = 0; i < options.rounds; i += 1) {
      times.short.push(await tail(short.id))
      times.long.push(await tail(long.id))
    }
    const after = memoryOf(app)

    const downloadMs = await time(async () => {
      const response = await fetch(`${app.origin}/api/dgx/jobs/${long.id}/logs/download`)
      for await (const _ of response.body ?? []);
    })
    return {
      follower_lag: percentiles(lags),
      tail_of_10_kib: percentiles(times.short),
      tail_of_1_gib: percentiles(times.long),
      app_mib: { before, after },
      download_mib_per_s: Math.round(1024 / (downloadMs / 1000)),
    }
  } finally {
    hangUp.abort()
    await app.stop()
    await sshd.stop()
    app.remove()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** A run that waits, and its standard output's file. */
async function startRun(app: App, sshd: Sshd): Promise<{ id: string; file: string }> {
  const { body } = await app.call('POST', 'jobs', {
    ...{ name: 'bench', project_id: 'p', command: 'echo ready; sleep 600', gpus: 0 },
  })
  const id: string = body.data.id
  await follow(app, id, AbortSignal.timeout(30_000)).then((lines) => lines.until('ready'))
  return { id, file: path.join(sshd.dir, 'home/.dgx-command-center/jobs', id, '1/stdout.log') }
}

async function follow(app: App, id: string, signal: AbortSignal) {
  const response = await fetch(`${app.origin}/api/dgx/jobs/${id}/logs?follow=true`, { signal })
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  return {
    until: async (wanted: string) => {
      while (!text.includes(wanted)) {
        const { value, done } = (await reader?.read()) ?? { done: true }
        if (done) throw new Error(`the follower ended before "${wanted}"`)
        text = (text + decoder.decode(value, { stream: true })).slice(-10_000)
      }
    },
  }
}

/** MiB in memory. */
function memoryOf(app: App): number {
  const status = readFileSync(`/proc/${app.pid()}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
}

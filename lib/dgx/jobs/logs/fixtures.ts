import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { vi } from 'vitest'
import { startSshd } from '@/e2e/testbed/sshd'
import { startTcpProxy } from '@/e2e/testbed/tcp-proxy'
import { closeDatabase, database } from '../../../db/client'
import { createTestDatabase } from '../../../db/test-database'
import { runtime } from '../../runtime'
import { JOBS_FOLDER } from '../runner/paths'

/**
 * The app's own parts on a database of their own, with a real machine behind a network that can be
 * cut, and runs whose files are written by hand.
 */
export async function startLogBed() {
  const [testDatabase, sshd] = await Promise.all([createTestDatabase(), startSshd()])
  const proxy = await startTcpProxy(sshd.port)
  const urlBefore = process.env.DATABASE_URL
  process.env.DATABASE_URL = testDatabase.url
  await closeDatabase()
  const now = new Date()
  const connection = {
    id: 'box',
    name: 'box',
    ...sshd.target,
    port: proxy.port,
  }
  await database().connection.create({ data: { ...connection, created_at: now, updated_at: now } })
  const host = await runtime().hosts.host(connection)
  await host.connect()
  const folder = path.join(sshd.dir, 'home', JOBS_FOLDER.slice(2))
  const fileOf = (job: string, name: string, attempt = 1) =>
    path.join(folder, job, String(attempt), name)
  const placeFiles = (job: string, attempt: number) => {
    mkdirSync(path.join(folder, job, String(attempt)), { recursive: true })
    for (const name of ['stdout.log', 'stderr.log']) writeFileSync(fileOf(job, name, attempt), '')
  }
  const attemptOf = (attempt: number, phase: string) => ({
    ...{ attempt, connection_id: 'box', phase, run_token: 't', created_at: now },
    ...{ gpu_uuids: [], gpu_indices: [] },
  })

  return {
    sshd,
    proxy,
    host,
    /** A job with one run on the machine; without `phase` it runs. */
    addRun: async (id: string, options: { phase?: string; log_labels?: object } = {}) => {
      const phase = options.phase ?? 'running'
      const times = { created_at: now, updated_at: now }
      await database().job.create({
        data: {
          ...{ id, name: id, config: {}, metrics: {}, command: 'true', ...times },
          ...{ phase, status: phase === 'ended' ? 'completed' : 'running', attempt: 1 },
          ...(options.log_labels ? { log_labels: options.log_labels } : {}),
          attempts: { create: attemptOf(1, phase) },
        },
      })
      placeFiles(id, 1)
    },
    /** Another attempt of a job that had ended. */
    retry: async (id: string, attempt: number) => {
      placeFiles(id, attempt)
      await database().jobAttempt.create({
        data: { job_id: id, ...attemptOf(attempt, 'running') },
      })
      const data = { phase: 'running', status: 'running', attempt }
      const job = await database().job.update({ where: { id }, data })
      runtime().hub.publish({ type: 'job', job: job as never })
    },
    fileOf,
    write: (job: string, text: string | Buffer, name = 'stdout.log', attempt = 1) =>
      appendFileSync(fileOf(job, name, attempt), text),
    removeFolder: (job: string) => rmSync(path.join(folder, job), { recursive: true }),
    /** What the scheduler does when it learns of the end. */
    end: async (id: string) => {
      await database().jobAttempt.updateMany({
        where: { job_id: id },
        data: { phase: 'ended', end_reason: 'exit_zero', exit_code: 0 },
      })
      const data = { phase: 'ended', status: 'completed', end_reason: 'exit_zero', exit_code: 0 }
      const job = await database().job.update({ where: { id }, data })
      // Only the id is looked at here.
      runtime().hub.publish({ type: 'job', job: job as never })
    },
    /** Channels that follow logs, as processes on the machine. */
    tails: () => sshd.processes().filter((pid) => commandOf(pid).includes('-F')),
    away: async () => {
      await host.disconnect()
    },
    back: () => host.connect(),
    reconnected: () =>
      vi.waitFor(
        () => {
          if (host.state.status !== 'connected') throw new Error(host.state.status)
        },
        { timeout: 25_000 },
      ),
    stop: async () => {
      await runtime().stop()
      if (urlBefore === undefined) delete process.env.DATABASE_URL
      else process.env.DATABASE_URL = urlBefore
      await Promise.all([testDatabase.close(), proxy.stop()])
      await sshd.stop()
    },
  }
}

export type LogBed = Awaited<ReturnType<typeof startLogBed>>

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

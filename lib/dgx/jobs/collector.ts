import { setTimeout as delay } from 'node:timers/promises'
import type { PrismaClient } from '../../db/generated/client'
import { isDgxError } from '../errors'
import { Periodic } from '../gpu/periodic'
import type { HostPool } from '../ssh/host-pool'
import type { SshPool } from '../ssh/pool'
import { CollectedRun, type RunRow } from './collected-run'
import { giveUpUnreachable } from './collector.sql'
import { readFiles } from './logs/remote-files'
import { connectedHost } from './logs/run'

const EVERY_MS = 2_000
/** Of all files of a machine together, in one command. */
const MOST_BYTES = 4 * 1024 * 1024
const MOST_FILE_BYTES = 256 * 1024
/** A run that is far behind catches up in steps, and others get their turn between. */
const STEPS_IN_A_ROW = 8
const FINISH_MS = 3_000

const NOTHING = { isBehind: false, isNews: false }

/**
 * Reads what runs have written since the last time, one command for all of a machine, and stores
 * what it tells: labels, metrics, and the end of the logs. A run that has ended is read to its end
 * once more; then it is let go. While nothing runs it asks the database and nobody else.
 */
export class Collector {
  readonly #database: PrismaClient
  readonly #hosts: SshPool
  readonly #onNews: (jobIds: readonly string[]) => void
  readonly #onError: (error: unknown) => void
  readonly #periodic: Periodic
  readonly #runs = new Map<string, CollectedRun>()
  #starting: Promise<unknown> = Promise.resolve()

  /** @param options.onNews jobs got labels or metrics */
  constructor(options: {
    database: PrismaClient
    hosts: SshPool
    onNews: (jobIds: readonly string[]) => void
    onError: (error: unknown) => void
    everyMs?: number
  }) {
    this.#database = options.database
    this.#hosts = options.hosts
    this.#onNews = options.onNews
    this.#onError = options.onError
    this.#periodic = new Periodic({
      everyMs: options.everyMs ?? EVERY_MS,
      run: (signal) => this.collect(signal),
      onError: options.onError,
    })
  }

  start(): void {
    this.#starting = this.#database.$executeRaw(giveUpUnreachable()).catch(this.#onError)
    this.#periodic.start()
  }

  async stop(): Promise<void> {
    await Promise.all([this.#starting, this.#periodic.stop()])
  }

  /**
   * Resolves when what a job that has ended wrote is read to its end, or soon: a machine that is away
   * or slow is not waited for.
   */
  async finish(job_id: string): Promise<void> {
    const left = { job_id, phase: 'ended', is_collected: false }
    const run = await this.#database.jobAttempt.findFirst({ where: left })
    if (!run || !connectedHost(this.#hosts, run.connection_id)) return
    await Promise.race([this.#periodic.runSoon(), delay(FINISH_MS, undefined, { ref: false })])
  }

  /** One pass over all machines that can be asked now. */
  async collect(signal: AbortSignal): Promise<void> {
    const rows: RunRow[] = await this.#database.jobAttempt.findMany({
      where: { is_collected: false, connection_id: { not: null } },
      select: {
        ...{ job_id: true, attempt: true, phase: true, connection_id: true },
        ...{ stdout_scanned_bytes: true, stderr_scanned_bytes: true, metrics_scanned_bytes: true },
        job: { select: { log_labels: true, metric_pattern: true } },
      },
    })
    const keys = new Set(rows.map(keyOf))
    for (const key of this.#runs.keys()) if (!keys.has(key)) this.#runs.delete(key)
    const machines = new Map<string | null, RunRow[]>()
    for (const row of rows) {
      const others = machines.get(row.connection_id)
      if (others) others.push(row)
      else machines.set(row.connection_id, [row])
    }
    await Promise.all(
      [...machines].map(async ([connectionId, runs]) => {
        const host = connectedHost(this.#hosts, connectionId)
        if (host) await this.#collectOn(host, runs, signal).catch(this.#onError)
      }),
    )
  }

  async #collectOn(host: HostPool, rows: RunRow[], signal: AbortSignal): Promise<void> {
    let left = rows
    for (let step = 0; step < STEPS_IN_A_ROW && left.length > 0; step += 1) {
      if (signal.aborted) return
      const runs = left.map((row) => ({ row, run: this.#runOf(row) }))
      const max_bytes = Math.min(MOST_FILE_BYTES, Math.floor(MOST_BYTES / (3 * runs.length)))
      let parts: Awaited<ReturnType<typeof readFiles>>
      try {
        parts = await readFiles(
          host,
          runs.flatMap(({ run }) => run.requests(max_bytes)),
          signal,
        )
      } catch (error) {
        // The next pass asks again.
        if (signal.aborted || isDgxError(error)) return
        throw error
      }
      left = []
      const news: string[] = []
      for (const [i, { row, run }] of runs.entries()) {
        const { isBehind, isNews } = await this.#take(row, run, parts.slice(3 * i, 3 * i + 3))
        if (isBehind) left.push(row)
        if (isNews) news.push(row.job_id)
      }
      if (news.length > 0) this.#onNews(news)
    }
  }

  async #take(
    row: RunRow,
    run: CollectedRun,
    parts: Parameters<CollectedRun['take']>[1],
  ): Promise<{ isBehind: boolean; isNews: boolean }> {
    try {
      const taken = await run.take(this.#database, parts, {
        hasEnded: row.phase === 'ended',
        now: new Date(),
      })
      if (taken === null) this.#runs.delete(keyOf(row))
      return taken ?? NOTHING
    } catch (error) {
      // What it remembers may not be what is stored.
      this.#runs.delete(keyOf(row))
      this.#onError(error)
      return NOTHING
    }
  }

  #runOf(row: RunRow): CollectedRun {
    const known = this.#runs.get(keyOf(row))
    if (known) return known
    const run = new CollectedRun(row)
    this.#runs.set(keyOf(row), run)
    return run
  }
}

const keyOf = ({ job_id, attempt }: { job_id: string; attempt: number }) => `${job_id}/${attempt}`

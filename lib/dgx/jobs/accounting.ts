import type { PrismaClient } from '../../db/generated/client'
import { Periodic } from '../gpu/periodic'
import type { ProcessOrigin } from '../gpu/processes'
import type { MachineSample } from '../gpu/types'
import { addUsage, type UsageRow } from './accounting.sql'
import { RunUsage, type UsageChange } from './run-usage'

/** What a crash may cost of a run's usage. */
const WRITE_EVERY_MS = 10_000

type AccountedRun = {
  job_id: string
  attempt: number
  connection_id: string
  process_group: number | null
  gpu_uuids: readonly string[]
  usage: RunUsage
}

/**
 * Ties GPU processes to managed jobs, and adds up what each run makes of its GPUs. Samples change
 * memory only; all runs are written together every ten seconds.
 */
export class JobAccounting {
  readonly #database: PrismaClient
  readonly #onLeases: ((connectionId: string) => void) | undefined
  readonly #onError: (error: unknown) => void
  readonly #now: () => number
  readonly #periodic: Periodic
  /** The runs that are not over, by `job attempt`. */
  #runs = new Map<string, AccountedRun>()
  /** What is not written yet, of runs that may be over by now. */
  #waiting = new Map<string, UsageRow>()
  #loading: Promise<void> | null = null
  #isAskedAgain = false

  constructor(options: {
    database: PrismaClient
    onError: (error: unknown) => void
    /** The GPUs that managed jobs hold on a machine have changed. */
    onLeases?: (connectionId: string) => void
    /** Milliseconds since 1970. */
    now?: () => number
  }) {
    this.#database = options.database
    this.#now = options.now ?? Date.now
    this.#onLeases = options.onLeases
    this.#onError = options.onError
    this.#periodic = new Periodic({
      everyMs: WRITE_EVERY_MS,
      run: async () => {
        this.reload()
        await this.flush()
      },
      onError: options.onError,
    })
  }

  start(): void {
    this.#periodic.start()
  }

  /** Writes what is measured, then stops. */
  async stop(): Promise<void> {
    await this.#periodic.stop()
    await this.#loading
    await this.flush().catch(this.#onError)
  }

  /** A run has begun, or is over: look which ones there are. */
  reload(): void {
    if (this.#loading) {
      this.#isAskedAgain = true
      return
    }
    this.#loading = this.#load()
      .catch(this.#onError)
      .finally(() => {
        this.#loading = null
        if (!this.#isAskedAgain) return
        this.#isAskedAgain = false
        this.reload()
      })
  }

  /**
   * The managed job of a process on a machine; null for a foreign one. What the environment says is
   * believed of jobs that run there: another Command Center may use the same machine.
   */
  jobOf(connectionId: string, origin: ProcessOrigin): string | null {
    for (const { job_id, connection_id, process_group } of this.#runs.values()) {
      if (connection_id !== connectionId) continue
      if (job_id === origin.job_id) return job_id
      if (process_group !== null && process_group === origin.process_group) return job_id
    }
    return null
  }

  /** The GPUs that managed jobs hold on a machine. */
  leasesOf(connectionId: string): { gpu_uuid: string; job_id: string }[] {
    return [...this.#runs.values()]
      .filter(({ connection_id }) => connection_id === connectionId)
      .flatMap(({ gpu_uuids, job_id }) => gpu_uuids.map((gpu_uuid) => ({ gpu_uuid, job_id })))
  }

  record(connectionId: string, { gpus, gpus_recorded_at }: MachineSample): void {
    if (gpus_recorded_at === null) return
    const at = Date.parse(gpus_recorded_at)
    for (const { connection_id, usage } of this.#runs.values()) {
      if (connection_id === connectionId) usage.observe(gpus, at)
    }
  }

  /** Writes what is measured. What cannot be written is kept. */
  async flush(): Promise<void> {
    for (const run of this.#runs.values()) this.#takeFrom(run)
    const rows = this.#waiting
    if (rows.size === 0) return
    this.#waiting = new Map()
    try {
      await addUsage(this.#database, [...rows.values()])
    } catch (error) {
      const later = this.#waiting
      this.#waiting = rows
      for (const row of later.values()) this.#add(row)
      throw error
    }
  }

  #takeFrom({ job_id, attempt, usage }: AccountedRun): void {
    const change = usage.take()
    if (change) this.#add({ job_id, attempt, ...change })
  }

  #add(row: UsageRow): void {
    const key = keyOf(row)
    const before = this.#waiting.get(key)
    this.#waiting.set(key, before ? { ...row, ...sumOf(before, row) } : row)
  }

  async #load(): Promise<void> {
    const rows = await this.#database.jobAttempt.findMany({
      where: { phase: { not: 'ended' }, connection_id: { not: null } },
      select: {
        job_id: true,
        attempt: true,
        connection_id: true,
        process_group: true,
        gpu_uuids: true,
        idle_since: true,
      },
    })
    const before = this.#runs
    this.#runs = new Map()
    const changed = new Set<string>()
    for (const { connection_id, idle_since, ...run } of rows) {
      const key = keyOf(run)
      // Written by this program only, in this shape.
      const gpu_uuids = run.gpu_uuids as string[]
      const usage =
        before.get(key)?.usage ??
        new RunUsage({
          job_id: run.job_id,
          gpu_uuids,
          idle_since_ms: idle_since?.getTime() ?? null,
          since_ms: this.#now(),
        })
      this.#runs.set(key, { ...run, gpu_uuids, connection_id: connection_id ?? '', usage })
      if (!before.delete(key) && connection_id) changed.add(connection_id)
    }
    for (const run of before.values()) {
      // The last seconds of those that are over count all the same.
      this.#takeFrom(run)
      changed.add(run.connection_id)
    }
    for (const id of changed) this.#onLeases?.(id)
  }
}

const keyOf = ({ job_id, attempt }: { job_id: string; attempt: number }) => `${job_id} ${attempt}`

/** @param b the later of the two */
function sumOf(a: UsageChange, b: UsageChange): UsageChange {
  const peaks = [a.peak_gpu_memory_mb, b.peak_gpu_memory_mb].filter((peak) => peak !== null)
  return {
    gpu_seconds: a.gpu_seconds + b.gpu_seconds,
    busy_gpu_seconds: a.busy_gpu_seconds + b.busy_gpu_seconds,
    energy_joules: a.energy_joules + b.energy_joules,
    peak_gpu_memory_mb: peaks.length > 0 ? Math.max(...peaks) : null,
    idle_since_ms: b.idle_since_ms,
  }
}

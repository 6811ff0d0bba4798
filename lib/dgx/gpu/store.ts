import { setImmediate } from 'node:timers/promises'
import type { KnownGpu } from './known-gpus'
import { Periodic } from './periodic'
import { deleteRollupsAfter } from './rollup.sql'
import type { Database } from './samples.sql'
import {
  insertSamples,
  type SampleRow,
  type SeenGpu,
  selectKnownGpus,
  upsertGpus,
} from './store.sql'
import { LATE_AFTER_MS } from './tiers'
import type { GpuSample, MachineSample } from './types'

const FLUSH_EVERY_MS = 1_000

/**
 * In one statement, so that the event loop is free again after about 10 ms: each row goes to the
 * end of its own GPU's part of the index, another page for every GPU.
 */
const ROWS_PER_STATEMENT = 400

/** 15 MB; a minute of 800 GPUs at 1 Hz, hours of one machine. */
const MAX_BUFFERED_ROWS = 50_000

/**
 * Samples that could not be written for longer are given up. Less than the least age of raw
 * samples (1 h): a late sample's minute is made again from the raw ones around it.
 */
const MAX_WAIT_MS = 45 * 60_000

/** How often `last_seen_at` of a GPU is written. */
const SEEN_EVERY_MS = 60_000

/** How often trouble that lasts is reported. */
const REPORT_EVERY_MS = 60_000

type BufferedRow = Omit<SampleRow, 'gpuId'> & { connectionId: string; gpu: GpuSample }

type CachedGpu = Omit<SeenGpu, 'connectionId' | 'uuid'> & { id: number }

export type StoreTrouble = { bufferedRows: number; droppedRows: number }

/**
 * Writes the GPU values of samples, about once a second, all machines together. While the
 * database cannot be written (a full disk), samples wait, the newest 50,000 of them.
 */
export class MetricStore {
  readonly #database: Database
  readonly #onError: (error: unknown, trouble: StoreTrouble) => void
  readonly #now: () => number
  readonly #maxBufferedRows: number
  readonly #periodic: Periodic
  readonly #gpus = new Map<string, Map<string, CachedGpu>>()
  /** When the GPUs of each connection were last read; the same reading may come again. */
  readonly #lastReadings = new Map<string, string>()
  #buffer: BufferedRow[] = []
  #droppedRows = 0
  #reportedAt: number | null = null
  #flushing: Promise<void> = Promise.resolve()

  constructor(options: {
    database: Database
    /** Called when writing fails, and once a minute while it keeps failing. */
    onError: (error: unknown, trouble: StoreTrouble) => void
    /** Milliseconds since 1970. */
    now?: () => number
    maxBufferedRows?: number
  }) {
    this.#database = options.database
    this.#onError = options.onError
    this.#now = options.now ?? Date.now
    this.#maxBufferedRows = options.maxBufferedRows ?? MAX_BUFFERED_ROWS
    this.#periodic = new Periodic({
      everyMs: FLUSH_EVERY_MS,
      run: () => this.flush(),
      onError: (error) => this.#report(error),
    })
  }

  /** Samples lost since the start because they could not be written in time. */
  get droppedRows(): number {
    return this.#droppedRows
  }

  start(): void {
    this.#periodic.start()
  }

  /** Writes what is buffered, then stops. */
  async stop(): Promise<void> {
    await this.#periodic.stop()
    await this.flush()
  }

  /** Takes a sample to be written with the next flush. A GPU without any value gives no row. */
  record(connectionId: string, sample: MachineSample): void {
    const readAt = sample.gpus_recorded_at
    if (readAt === null || this.#lastReadings.get(connectionId) === readAt) return
    this.#lastReadings.set(connectionId, readAt)
    const at = Date.parse(readAt)
    for (const gpu of sample.gpus) {
      const { gpu_utilization, memory_used_mb, memory_total_mb, temperature_c, power_watts } = gpu
      const values = {
        gpu_utilization,
        memory_used_mb,
        memory_total_mb,
        temperature_c,
        power_watts,
      }
      if (Object.values(values).every((value) => value === null)) continue
      this.#buffer.push({ connectionId, gpu, at, ...values })
    }
    this.#trim()
  }

  /** Forgets a connection that is being deleted, and its samples that still wait. */
  forget(connectionId: string): void {
    this.#gpus.delete(connectionId)
    this.#lastReadings.delete(connectionId)
    this.#buffer = this.#buffer.filter((row) => row.connectionId !== connectionId)
  }

  /** The GPUs that a machine had at or after `since`, by their index. */
  knownGpus(connectionId: string, since: Date): Promise<KnownGpu[]> {
    return selectKnownGpus(this.#database, connectionId, since.getTime())
  }

  /** Writes what is buffered now. Never rejects: what cannot be written waits for the next time. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#writeBuffer())
    return this.#flushing
  }

  async #writeBuffer(): Promise<void> {
    while (this.#buffer.length > 0) {
      const batch = this.#buffer.splice(0, ROWS_PER_STATEMENT)
      try {
        await this.#write(this.#withoutExpired(batch))
      } catch (error) {
        this.#buffer = [...batch, ...this.#buffer]
        this.#trim()
        this.#report(error)
        return
      }
      this.#reportedAt = null
      await setImmediate()
    }
  }

  async #write(batch: readonly BufferedRow[]): Promise<void> {
    await this.#refreshGpus(batch)
    const samples = batch.flatMap(({ connectionId, gpu, ...values }): SampleRow[] => {
      const cached = this.#gpus.get(connectionId)?.get(gpu.uuid)
      return cached === undefined ? [] : [{ ...values, gpuId: cached.id }]
    })
    if (samples.length === 0) return
    const late = lateSamples(samples, this.#now() - LATE_AFTER_MS)
    const written =
      late.length === 0
        ? await insertSamples(this.#database, samples)
        : (
            await this.#database.$transaction([
              deleteRollupsAfter(this.#database, late),
              insertSamples(this.#database, samples),
            ])
          )[1]
    // Some GPU is gone without `forget`: look all up again, in case its connection is not.
    if (written < samples.length) this.#gpus.clear()
  }

  /** Looks up the GPUs that are new, changed, or not refreshed for a minute. */
  async #refreshGpus(batch: readonly BufferedRow[]): Promise<void> {
    const seen = new Map<string, SeenGpu>()
    for (const { connectionId, gpu, at } of batch) {
      const cached = this.#gpus.get(connectionId)?.get(gpu.uuid)
      if (cached !== undefined && isFresh(cached, gpu, at)) continue
      const { uuid, index, pci_bus_id: pciBusId, name } = gpu
      seen.set(JSON.stringify([connectionId, uuid]), {
        ...{ connectionId, uuid, index, pciBusId, name },
        seenAt: at,
      })
    }
    if (seen.size === 0) return
    const found = await upsertGpus(this.#database, [...seen.values()])
    for (const { id, connection_id, uuid } of found) {
      const gpu = seen.get(JSON.stringify([connection_id, uuid]))
      if (gpu === undefined) continue
      const ofConnection = this.#gpus.get(connection_id) ?? new Map<string, CachedGpu>()
      this.#gpus.set(connection_id, ofConnection)
      ofConnection.set(uuid, { id, ...gpu })
    }
  }

  #withoutExpired(batch: readonly BufferedRow[]): BufferedRow[] {
    const oldest = this.#now() - MAX_WAIT_MS
    const kept = batch.filter(({ at }) => at >= oldest)
    this.#droppedRows += batch.length - kept.length
    return kept
  }

  #trim(): void {
    const excess = this.#buffer.length - this.#maxBufferedRows
    if (excess <= 0) return
    this.#buffer.splice(0, excess)
    this.#droppedRows += excess
  }

  #report(error: unknown): void {
    const now = this.#now()
    if (this.#reportedAt !== null && now - this.#reportedAt < REPORT_EVERY_MS) return
    this.#reportedAt = now
    this.#onError(error, { bufferedRows: this.#buffer.length, droppedRows: this.#droppedRows })
  }
}

function isFresh(cached: CachedGpu, gpu: GpuSample, at: number): boolean {
  return (
    at - cached.seenAt < SEEN_EVERY_MS &&
    // A value that is null for once is no news: the last known one stays.
    (gpu.index === null || gpu.index === cached.index) &&
    (gpu.pci_bus_id === null || gpu.pci_bus_id === cached.pciBusId) &&
    (gpu.name === null || gpu.name === cached.name)
  )
}

/** For each GPU with samples older than `before` (ms), the time of the oldest. */
function lateSamples(samples: readonly SampleRow[], before: number) {
  const oldest = new Map<number, number>()
  for (const { gpuId, at } of samples) {
    if (at < before) oldest.set(gpuId, Math.min(at, oldest.get(gpuId) ?? at))
  }
  return Array.from(oldest, ([gpuId, at]) => ({ gpuId, at }))
}

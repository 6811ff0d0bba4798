import { DampedHealth } from './damped-health'
import { type HealthEventRow, insertHealthEvents, selectKnownHealth } from './health-events.sql'
import type { Database } from './samples.sql'
import type { MachineSample } from './types'
import { WriteBuffer, type WriteTrouble } from './write-buffer'

const ROWS_PER_BATCH = 400

/** 10 MB; days of a full disk. */
const MAX_BUFFERED_ROWS = 10_000

/**
 * Writes down how the health of GPUs changes (see `DampedHealth`). Goes on after a restart from what
 * was written last, so that nothing is told twice.
 */
export class HealthLog {
  readonly #database: Database
  readonly #buffer: WriteBuffer<HealthEventRow & { at: number }>
  /** By connection, then by uuid. */
  readonly #gpus = new Map<string, Map<string, DampedHealth>>()

  constructor(options: {
    database: Database
    /** Called when writing fails, and once a minute while it keeps failing. */
    onError: (error: unknown, trouble: WriteTrouble) => void
    /** Milliseconds since 1970. */
    now?: () => number
  }) {
    this.#database = options.database
    this.#buffer = new WriteBuffer({
      write: async (batch) => {
        await insertHealthEvents(this.#database, batch)
      },
      onError: options.onError,
      now: options.now ?? Date.now,
      maxRows: MAX_BUFFERED_ROWS,
      maxWaitMs: Number.POSITIVE_INFINITY,
      rowsPerBatch: ROWS_PER_BATCH,
    })
  }

  start(): void {
    this.#buffer.start()
  }

  /** Writes what is buffered, then stops. */
  stop(): Promise<void> {
    return this.#buffer.stop()
  }

  /** Writes what is buffered now. Never rejects: what cannot be written waits for the next time. */
  flush(): Promise<void> {
    return this.#buffer.flush()
  }

  /** Reads what was written of a connection. To be awaited before its samples are recorded. */
  async load(connectionId: string): Promise<void> {
    if (this.#gpus.has(connectionId)) return
    const known = await selectKnownHealth(this.#database, connectionId)
    // Of two loads at once the first one to end may have been recorded to already.
    if (this.#gpus.has(connectionId)) return
    const gpus = known.map(({ gpuUuid, ...health }) => [gpuUuid, new DampedHealth(health)] as const)
    this.#gpus.set(connectionId, new Map(gpus))
  }

  /** Takes a sample; a connection that is not loaded (or deleted by now) is passed over. */
  record(connectionId: string, sample: MachineSample): void {
    const gpus = this.#gpus.get(connectionId)
    if (gpus === undefined || sample.gpus_recorded_at === null) return
    const at = Date.parse(sample.gpus_recorded_at)
    for (const { uuid, index, health } of sample.gpus) {
      const damped = gpus.get(uuid) ?? new DampedHealth(null)
      gpus.set(uuid, damped)
      const change = damped.observe(health, at)
      if (change === null) continue
      this.#buffer.push([{ ...change, connectionId, gpuUuid: uuid, gpuIndex: index, at }])
    }
  }

  /** Forgets a connection that is being deleted, and its changes that still wait. */
  forget(connectionId: string): void {
    this.#gpus.delete(connectionId)
    this.#buffer.drop((row) => row.connectionId === connectionId)
  }
}

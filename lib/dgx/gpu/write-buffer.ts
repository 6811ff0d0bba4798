import { setImmediate } from 'node:timers/promises'
import { Periodic } from './periodic'

const FLUSH_EVERY_MS = 1_000

/** How often trouble that lasts is reported. */
const REPORT_EVERY_MS = 60_000

export type WriteTrouble = { bufferedRows: number; droppedRows: number }

/**
 * Rows that wait to be written, about once a second, those of all machines together. While the
 * database cannot be written (a full disk) they wait on, the newest `maxRows` of them.
 */
export class WriteBuffer<Row extends { at: number }> {
  readonly #write: (batch: readonly Row[]) => Promise<void>
  readonly #onError: (error: unknown, trouble: WriteTrouble) => void
  readonly #now: () => number
  readonly #maxRows: number
  readonly #maxWaitMs: number
  readonly #rowsPerBatch: number
  readonly #periodic: Periodic
  #rows: Row[] = []
  #droppedRows = 0
  #reportedAt: number | null = null
  #flushing: Promise<void> = Promise.resolve()

  constructor(options: {
    /** Writes all rows of a batch or none, and rejects when it could not. */
    write: (batch: readonly Row[]) => Promise<void>
    /** Called when writing fails, and once a minute while it keeps failing. */
    onError: (error: unknown, trouble: WriteTrouble) => void
    /** Milliseconds since 1970. */
    now: () => number
    maxRows: number
    /** Rows older than that are given up. */
    maxWaitMs: number
    rowsPerBatch: number
  }) {
    this.#write = options.write
    this.#onError = options.onError
    this.#now = options.now
    this.#maxRows = options.maxRows
    this.#maxWaitMs = options.maxWaitMs
    this.#rowsPerBatch = options.rowsPerBatch
    this.#periodic = new Periodic({
      everyMs: FLUSH_EVERY_MS,
      run: () => this.flush(),
      onError: (error) => this.#report(error),
    })
  }

  /** Rows lost since the start because they could not be written in time. */
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

  /** Takes rows to be written with the next flush. */
  push(rows: readonly Row[]): void {
    this.#rows.push(...rows)
    this.#trim()
  }

  /** Drops what still waits of something that is being deleted. */
  drop(isGone: (row: Row) => boolean): void {
    this.#rows = this.#rows.filter((row) => !isGone(row))
  }

  /** Writes what is buffered now. Never rejects: what cannot be written waits for the next time. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#writeAll())
    return this.#flushing
  }

  async #writeAll(): Promise<void> {
    while (this.#rows.length > 0) {
      const batch = this.#withoutExpired(this.#rows.splice(0, this.#rowsPerBatch))
      try {
        if (batch.length > 0) await this.#write(batch)
      } catch (error) {
        this.#rows = [...batch, ...this.#rows]
        this.#trim()
        this.#report(error)
        return
      }
      this.#reportedAt = null
      await setImmediate()
    }
  }

  #withoutExpired(batch: readonly Row[]): Row[] {
    const oldest = this.#now() - this.#maxWaitMs
    const kept = batch.filter(({ at }) => at >= oldest)
    this.#droppedRows += batch.length - kept.length
    return kept
  }

  #trim(): void {
    const excess = this.#rows.length - this.#maxRows
    if (excess <= 0) return
    this.#rows.splice(0, excess)
    this.#droppedRows += excess
  }

  #report(error: unknown): void {
    const now = this.#now()
    if (this.#reportedAt !== null && now - this.#reportedAt < REPORT_EVERY_MS) return
    this.#reportedAt = now
    this.#onError(error, { bufferedRows: this.#rows.length, droppedRows: this.#droppedRows })
  }
}

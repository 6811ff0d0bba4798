import type { PrismaClient } from '../../db/generated/client'
import { WriteBuffer, type WriteTrouble } from '../gpu/write-buffer'
import type { AuditEntry } from './answers'
import { deleteOldEntries, type EntryRow, insertEntries } from './audit.sql'
import { detailOf } from './detail'
import { maskText } from './mask'

const DAY_MS = 24 * 3_600_000
const ROWS_PER_BATCH = 200
/** 20 MB at most; while the database cannot be written (a full disk) they wait. */
const MAX_BUFFERED_ROWS = 5_000
/** How long the end waits for what is under way, such as terminals that were just hung up. */
const LAST_MS = 1_000
const LONGEST_NAME = 400

/** What an entry is about, with names as they are now. */
export type Subject = Pick<
  AuditEntry,
  'connection_id' | 'connection_name' | 'target_type' | 'target_id' | 'target_name'
>

export const NO_SUBJECT: Subject = {
  connection_id: null,
  connection_name: null,
  target_type: null,
  target_id: null,
  target_name: null,
}

/** An entry as whoever did something tells it; secrets are taken out here. */
export type NewEntry = Omit<AuditEntry, 'id' | 'at'> & { at: Date }

/** Writes the audit trail. An entry that cannot be written waits, and fails nothing. */
export class AuditLog {
  readonly #database: PrismaClient
  readonly #keptDays: number
  readonly #buffer: WriteBuffer<EntryRow>
  /** What is under way and will be told of. */
  readonly #open = new Set<Promise<void>>()

  constructor(options: {
    database: PrismaClient
    keptDays: number
    /** Called when writing fails, and once a minute while it keeps failing. */
    onError: (error: unknown, trouble: WriteTrouble) => void
  }) {
    this.#database = options.database
    this.#keptDays = options.keptDays
    this.#buffer = new WriteBuffer({
      write: async (rows) => void (await insertEntries(this.#database, rows)),
      onError: options.onError,
      now: Date.now,
      maxRows: MAX_BUFFERED_ROWS,
      maxWaitMs: Number.POSITIVE_INFINITY,
      rowsPerBatch: ROWS_PER_BATCH,
    })
  }

  start(): void {
    this.#buffer.start()
  }

  /** Writes what was told, and what is told of within a second. */
  async stop(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST_MS)
    })
    await Promise.race([Promise.all(this.#open), late])
    clearTimeout(timer)
    await this.#buffer.stop()
  }

  /** Something that will be told of has begun; to be called when that was done. */
  begin(): () => void {
    let end = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    this.#open.add(ended)
    return () => {
      this.#open.delete(ended)
      end()
    }
  }

  /** Takes an entry that is written within a second. */
  add(entry: NewEntry): void {
    this.#buffer.push([this.#toRow(entry)])
  }

  /** Writes entries of what a transaction does, with it. */
  async writeIn(tx: Pick<PrismaClient, '$executeRaw' | '$queryRaw'>, entries: readonly NewEntry[]) {
    const rows = entries.map((entry) => this.#toRow(entry))
    if (rows.length > 0) await insertEntries(tx, rows)
  }

  #toRow(entry: NewEntry): EntryRow {
    const at = entry.at.getTime()
    const short = (text: string | null) => text && maskText(text).slice(0, LONGEST_NAME)
    return {
      ...entry,
      at,
      kept_until: at + this.#keptDays * DAY_MS,
      key_name: short(entry.key_name),
      client: short(entry.client),
      connection_name: short(entry.connection_name),
      target_name: short(entry.target_name),
      detail: entry.detail && detailOf(entry.detail),
      duration_ms: entry.duration_ms === null ? null : Math.round(entry.duration_ms),
    }
  }

  /** Writes an entry; when this resolves it is there, unless the database cannot be written. */
  async write(entry: NewEntry): Promise<void> {
    this.add(entry)
    await this.#buffer.flush()
  }

  /** Deletes at most `limit` entries that are old enough. Gives the number deleted. */
  prune(limit: number): Promise<number> {
    const before = Date.now() - this.#keptDays * DAY_MS
    return deleteOldEntries(this.#database, { before, limit })
  }
}

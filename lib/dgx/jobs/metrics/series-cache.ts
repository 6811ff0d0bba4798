import { setImmediate } from 'node:timers/promises'
import { Columns } from './columns'
import { type PointsDatabase, selectPointsAfter } from './points.sql'

/** About 5 ms of the event loop. */
const POINTS_AT_ONCE = 1000

/** Numbers in memory for all jobs together: 100 MB. */
const MOST_SIZE = 6_000_000

/**
 * The points of the jobs that somebody looks at, in memory: to read a hundred thousand points takes
 * some tenths of a second, to draw them some milliseconds. Points are only ever added, so what is
 * new is read behind what is there.
 */
export class SeriesCache {
  readonly #jobs = new Map<string, { columns: Columns; ready: Promise<void> }>()
  readonly #mostSize: number

  constructor(options: { mostSize?: number } = {}) {
    this.#mostSize = options.mostSize ?? MOST_SIZE
  }

  /** All points of a job that are stored now. */
  async read(database: PointsDatabase, jobId: string): Promise<Columns> {
    const entry = this.#jobs.get(jobId) ?? { columns: new Columns(), ready: Promise.resolve() }
    // Last in the map: the one that was used last.
    this.#jobs.delete(jobId)
    this.#jobs.set(jobId, entry)
    entry.ready = entry.ready.catch(() => {}).then(() => extend(database, jobId, entry.columns))
    await entry.ready
    this.#shrink()
    return entry.columns
  }

  #shrink(): void {
    let size = 0
    for (const [id, { columns }] of [...this.#jobs].reverse()) {
      size += columns.size
      if (size > this.#mostSize) this.#jobs.delete(id)
    }
  }
}

async function extend(database: PointsDatabase, job_id: string, columns: Columns): Promise<void> {
  for (;;) {
    const options = { job_id, after: columns.lastId, limit: POINTS_AT_ONCE }
    const points = await selectPointsAfter(database, options)
    columns.append(points)
    if (points.length < POINTS_AT_ONCE) return
    await setImmediate()
  }
}

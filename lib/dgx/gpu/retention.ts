import { setImmediate } from 'node:timers/promises'
import { countHealthEvents, deleteHealthEventsOf, deleteOldHealthEvents } from './health-events.sql'
import { Periodic } from './periodic'
import {
  deleteOldRollups,
  deleteOldSamples,
  deleteRollupsOf,
  deleteSamplesOf,
  selectHeld,
} from './retention.sql'
import { selectOwnerIds } from './rollup.sql'
import type { Database } from './samples.sql'
import { ALL_SERIES, HOST_SERIES, type OwnerId, type Series } from './series'
import { type MetricRetention, ROLLUP_TIERS, tierAges } from './tiers'

const EVERY_MS = 300_000

/** So that one statement takes some milliseconds. */
const ROWS_PER_STEP = 1_000
const OWNERS_PER_STEP = 25

/** How long changes of health are kept, and how many of one machine: 3 MB. */
const HEALTH_EVENTS_AGE_MS = 90 * 24 * 3_600_000
const HEALTH_EVENTS_KEPT = 10_000

/** Deletes at most so many old rows, and gives their number. */
type DeleteSome = (limit: number) => Promise<number>

/** Deletes what is older than each tier is kept, but nothing that is not rolled up yet. */
export class Retention {
  readonly #database: Database
  readonly #retention: MetricRetention
  readonly #others: readonly DeleteSome[]
  readonly #now: () => number
  readonly #periodic: Periodic

  constructor(options: {
    database: Database
    retention: MetricRetention
    /** What else grows old. */
    others?: readonly DeleteSome[]
    onError: (error: unknown) => void
    /** Milliseconds since 1970. */
    now?: () => number
  }) {
    this.#database = options.database
    this.#retention = options.retention
    this.#others = options.others ?? []
    this.#now = options.now ?? Date.now
    this.#periodic = new Periodic({
      everyMs: EVERY_MS,
      run: (signal) => this.run(signal),
      onError: options.onError,
    })
  }

  start(): void {
    this.#periodic.start()
  }

  /** Ends after the step at work. */
  stop(): Promise<void> {
    return this.#periodic.stop()
  }

  /** Deletes everything that is too old now, in small steps. */
  async run(signal?: AbortSignal): Promise<void> {
    for (const series of ALL_SERIES) {
      const ownerIds = await selectOwnerIds(this.#database, series)
      for (let i = 0; i < ownerIds.length; i += OWNERS_PER_STEP) {
        await this.#prune(series, ownerIds.slice(i, i + OWNERS_PER_STEP), signal)
      }
    }
    const connectionIds = await selectOwnerIds(this.#database, HOST_SERIES)
    for (let i = 0; i < connectionIds.length; i += OWNERS_PER_STEP) {
      await inSteps(signal, () =>
        deleteOldHealthEvents(this.#database, {
          connectionIds: connectionIds.slice(i, i + OWNERS_PER_STEP),
          before: this.#now() - HEALTH_EVENTS_AGE_MS,
          keep: HEALTH_EVENTS_KEPT,
          limit: ROWS_PER_STEP,
        }),
      )
    }
    for (const deleteSome of this.#others) await inSteps(signal, () => deleteSome(ROWS_PER_STEP))
  }

  async #prune(
    series: Series,
    ownerIds: readonly OwnerId[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const database = this.#database
    const ages = tierAges(this.#retention)
    const now = this.#now()
    const step = { series, ownerIds, limit: ROWS_PER_STEP }
    const [above] = ROLLUP_TIERS
    await inSteps(signal, () =>
      deleteOldSamples(database, { ...step, above, before: now - ages.raw }),
    )
    for (const [level, tier] of ROLLUP_TIERS.entries()) {
      await inSteps(signal, () =>
        deleteOldRollups(database, {
          ...step,
          tier,
          above: ROLLUP_TIERS[level + 1] ?? null,
          before: now - ages[tier.name],
        }),
      )
    }
  }
}

/**
 * Deletes all samples, averages and changes of health of a connection in small steps; its GPUs
 * stay until the connection itself is deleted, which is quick then.
 */
export async function removeMetrics(options: {
  database: Database
  connectionId: string
}): Promise<void> {
  const { database, connectionId } = options
  for (const series of ALL_SERIES) {
    for (const ownerId of await selectOwnerIds(database, series, connectionId)) {
      const all = { series, ownerId, limit: ROWS_PER_STEP }
      await inSteps(undefined, () => deleteSamplesOf(database, all))
      await inSteps(undefined, () => deleteRollupsOf(database, all))
    }
  }
  await inSteps(undefined, () => deleteHealthEventsOf(database, connectionId, ROWS_PER_STEP))
}

/** What `removeMetrics` would remove: samples and buckets together, since when (ms), and events. */
export async function countMetrics(options: { database: Database; connectionId: string }): Promise<{
  samples: number
  since: number | null
  healthEvents: number
}> {
  const { database, connectionId } = options
  const held = []
  for (const series of ALL_SERIES) {
    const ownerIds = await selectOwnerIds(database, series, connectionId)
    held.push(await selectHeld(database, { series, ownerIds }))
  }
  const starts = held.flatMap(({ since }) => since ?? [])
  return {
    samples: held.reduce((sum, { count }) => sum + count, 0),
    since: starts.length > 0 ? Math.min(...starts) : null,
    healthEvents: await countHealthEvents(database, { connectionId, before: undefined }),
  }
}

/** Repeats a deletion until it finds less than a full step, letting others run in between. */
async function inSteps(
  signal: AbortSignal | undefined,
  deleteSome: () => Promise<number>,
): Promise<void> {
  let deleted = ROWS_PER_STEP
  while (deleted >= ROWS_PER_STEP && !signal?.aborted) {
    await setImmediate()
    deleted = await deleteSome()
  }
}

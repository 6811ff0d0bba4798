import { setImmediate } from 'node:timers/promises'
import { Periodic } from './periodic'
import { deleteRollupsAfter, rollUp, selectFirstToRollUp, selectOwnerIds } from './rollup.sql'
import type { Database } from './samples.sql'
import { ALL_SERIES, type OwnerId, type Series } from './series'
import { ROLLUP_DELAY_MS, ROLLUP_TIERS, type RollupTier } from './tiers'

const EVERY_MS = 60_000

/**
 * Owners and buckets in one statement: at most 3,000 rows read (60 samples make a minute at 1 Hz,
 * 15 minutes a quarter, 12 quarters 3 h), which takes a few milliseconds.
 */
const OWNERS_PER_STEP = 25
const BUCKETS_PER_STEP = { '1m': 2, '15m': 8, '3h': 8 }

/**
 * Keeps the tiers of averages up to date. How far it has come is read from what is stored, so a
 * run after a crash goes on where the last one ended and counts nothing twice.
 */
export class RollUp {
  readonly #database: Database
  readonly #now: () => number
  readonly #periodic: Periodic

  constructor(options: {
    database: Database
    onError: (error: unknown) => void
    /** Milliseconds since 1970. */
    now?: () => number
  }) {
    this.#database = options.database
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

  /** Ends after the step at work; the next start goes on from there. */
  stop(): Promise<void> {
    return this.#periodic.stop()
  }

  /** Rolls up every complete bucket of every GPU and every host, in small steps. */
  async run(signal?: AbortSignal): Promise<void> {
    for (const series of ALL_SERIES) {
      const ownerIds = await selectOwnerIds(this.#database, series)
      for (let i = 0; i < ownerIds.length; i += OWNERS_PER_STEP) {
        await this.#rollUpAll(series, ownerIds.slice(i, i + OWNERS_PER_STEP), signal)
        if (signal?.aborted) return
      }
    }
  }

  async #rollUpAll(
    series: Series,
    ownerIds: readonly OwnerId[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const complete = this.#now() - ROLLUP_DELAY_MS
    // Buckets that are not over yet can only come from a clock that was set back since.
    await deleteRollupsAfter(
      this.#database,
      series,
      ownerIds.map((ownerId) => ({ ownerId, at: complete })),
    )
    let below: RollupTier | null = null
    for (const tier of ROLLUP_TIERS) {
      await this.#rollUpTier({ series, tier, below, ownerIds, complete }, signal)
      if (signal?.aborted) return
      below = tier
    }
  }

  async #rollUpTier(
    options: {
      series: Series
      tier: (typeof ROLLUP_TIERS)[number]
      below: RollupTier | null
      ownerIds: readonly OwnerId[]
      complete: number
    },
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { series, tier, below, ownerIds } = options
    const end = floor(options.complete, tier.bucketMs)
    let until = 0
    while (until < end && !signal?.aborted) {
      await setImmediate()
      const first = await selectFirstToRollUp(this.#database, { series, tier, below, ownerIds })
      if (first === null || first >= end) return
      const step = BUCKETS_PER_STEP[tier.name] * tier.bucketMs
      until = Math.min(end, floor(first, tier.bucketMs) + step)
      await rollUp(this.#database, { series, tier, below, ownerIds, until })
    }
  }
}

function floor(time: number, length: number): number {
  return Math.floor(time / length) * length
}

import { setImmediate } from 'node:timers/promises'
import { Periodic } from './periodic'
import {
  deleteOldRollups,
  deleteOldSamples,
  deleteRollupsOfGpu,
  deleteSamplesOfGpu,
} from './retention.sql'
import { selectGpuIds } from './rollup.sql'
import type { Database } from './samples.sql'
import { type MetricRetention, ROLLUP_TIERS, tierAges } from './tiers'

const EVERY_MS = 300_000

/** So that one statement takes some milliseconds. */
const ROWS_PER_STEP = 1_000
const GPUS_PER_STEP = 25

/** Deletes what is older than each tier is kept, but nothing that is not rolled up yet. */
export class Retention {
  readonly #database: Database
  readonly #retention: MetricRetention
  readonly #now: () => number
  readonly #periodic: Periodic

  constructor(options: {
    database: Database
    retention: MetricRetention
    onError: (error: unknown) => void
    /** Milliseconds since 1970. */
    now?: () => number
  }) {
    this.#database = options.database
    this.#retention = options.retention
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
    const ages = tierAges(this.#retention)
    const gpuIds = await selectGpuIds(this.#database)
    for (let i = 0; i < gpuIds.length; i += GPUS_PER_STEP) {
      const step = { gpuIds: gpuIds.slice(i, i + GPUS_PER_STEP), limit: ROWS_PER_STEP }
      const now = this.#now()
      await inSteps(signal, () =>
        deleteOldSamples(this.#database, {
          ...step,
          above: ROLLUP_TIERS[0],
          before: now - ages.raw,
        }),
      )
      for (const [level, tier] of ROLLUP_TIERS.entries()) {
        await inSteps(signal, () =>
          deleteOldRollups(this.#database, {
            ...step,
            tier,
            above: ROLLUP_TIERS[level + 1] ?? null,
            before: now - ages[tier.name],
          }),
        )
      }
    }
  }
}

/**
 * Deletes all samples and averages of a connection in small steps; its GPUs stay until the
 * connection itself is deleted, which is quick then.
 */
export async function removeGpuData(options: {
  database: Database
  connectionId: string
}): Promise<void> {
  const { database, connectionId } = options
  for (const gpuId of await selectGpuIds(database, connectionId)) {
    await inSteps(undefined, () => deleteSamplesOfGpu(database, gpuId, ROWS_PER_STEP))
    await inSteps(undefined, () => deleteRollupsOfGpu(database, gpuId, ROWS_PER_STEP))
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

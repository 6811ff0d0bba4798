import { setImmediate } from 'node:timers/promises'
import type { HistoryMeta } from './answers'
import { countSamples, type RollupMarks, type SeriesBucket, selectSeries } from './history.sql'
import { chooseRollupTier, type Grid, gridOf, MAX_ROWS, partsOf, rawCovers } from './history-range'
import type { Database } from './samples.sql'
import type { OwnerId, Series } from './series'
import { type MetricRetention, ROLLUP_TIERS, type TierName } from './tiers'

const DEFAULT_HOURS = 24
const HOUR_MS = 3_600_000

/** What is asked of the history of one connection. */
export type HistoryRequest = {
  database: Database
  connectionId: string
  /** Default: the `hours` (default 24) before `to`. */
  from?: Date | undefined
  /** Default: `now`. */
  to?: Date | undefined
  hours?: number | undefined
  points: number
  retention: MetricRetention
  now: Date
}

/** The range asked for, in ms. */
export function rangeOf({ from, to, hours, now }: HistoryRequest): { from: number; to: number } {
  const end = to?.getTime() ?? now.getTime()
  return { from: from?.getTime() ?? end - (hours ?? DEFAULT_HOURS) * HOUR_MS, to: end }
}

/** An owner of samples, and up to when they are rolled up. */
type Owner = RollupMarks & { id: OwnerId }

/** The same buckets of each of some owners; null where nothing is stored. */
export type OwnersSeries<O extends Owner> = {
  owners: readonly O[]
  grid: Grid
  /** For each owner a bucket for each step of the grid. */
  series: SeriesBucket[][]
  meta: HistoryMeta
}

/**
 * Reads the samples of some owners in buckets of equal length (see `gridOf`); the first bucket may
 * begin a little before `from`. What is not rolled up yet is added from the finer tiers, so the
 * buckets reach up to `to`.
 */
export async function readOwners<O extends Owner>(
  request: HistoryRequest & { series: Series; owners: readonly O[] },
): Promise<OwnersSeries<O>> {
  const { database, points, owners } = request
  const { from, to } = rangeOf(request)
  const tier = await chooseTier({ ...request, from, to })
  const step = ROLLUP_TIERS.find(({ name }) => name === tier)?.bucketMs ?? 1000
  const grid = gridOf({ from, to, points, step })
  const series: SeriesBucket[][] = []
  for (const owner of owners) {
    series.push(await readSeries({ database, series: request.series, owner, tier, grid }))
    // Each owner takes some milliseconds; others want the event loop too.
    await setImmediate()
  }
  const meta = {
    bucket_s: grid.length / 1000,
    tier,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    points,
  }
  return { owners, grid, series, meta }
}

async function chooseTier(options: {
  database: Database
  series: Series
  owners: readonly Owner[]
  from: number
  to: number
  now: Date
  retention: MetricRetention
}): Promise<TierName> {
  const { database, series, owners, from, to, retention } = options
  const range = { from, to, retention, now: options.now.getTime() }
  if (rawCovers(range)) {
    // Counted, not computed: the interval may have been another one before. It costs 1 ms.
    const ownerIds = owners.map(({ id }) => id)
    const limit = MAX_ROWS + 1
    const count = await countSamples(database, { series, ownerIds, from, to, limit })
    if (count <= MAX_ROWS) return 'raw'
  }
  return chooseRollupTier({ ...range, ownerCount: owners.length })
}

async function readSeries(options: {
  database: Database
  series: Series
  owner: Owner
  tier: TierName
  grid: Grid
}): Promise<SeriesBucket[]> {
  const { database, series, owner, tier, grid } = options
  const { length } = grid
  const buckets: SeriesBucket[] = []
  for (const part of partsOf(grid, owner, tier)) {
    buckets.push(...(await selectSeries(database, { series, ownerId: owner.id, length, ...part })))
  }
  return buckets
}

/** Rows of what is stored, ordered by time, then by owner. */
export function rowsOf<O extends Owner, Row>(
  { owners, grid, series }: OwnersSeries<O>,
  toRow: (owner: O, bucket: NonNullable<SeriesBucket>, recordedAt: string) => Row,
): Row[] {
  const rows: Row[] = []
  const count = Math.ceil((grid.to - grid.first) / grid.length)
  for (let i = 0; i < count; i++) {
    const recordedAt = new Date(grid.first + i * grid.length).toISOString()
    for (const [o, owner] of owners.entries()) {
      const bucket = series[o]?.[i]
      if (bucket) rows.push(toRow(owner, bucket, recordedAt))
    }
  }
  return rows
}

/** A value of a bucket, which holds thousandths. */
export function fromThousandths(value: number | null | undefined): number | null {
  return value == null ? null : value / 1000
}

import type { Config } from '../../config.mjs'

const HOUR_MS = 3_600_000

/** Averages over buckets of one length, made from the tier below. */
export type RollupTier = { name: '1m' | '15m' | '3h'; bucketMs: number }

/**
 * From fine to coarse; each is made from the one before, the first from the raw samples. 3 h is
 * there for the year: at 15 min its 280,000 rows (8 GPUs) would take half a second to read.
 */
export const ROLLUP_TIERS = [
  { name: '1m', bucketMs: 60_000 },
  { name: '15m', bucketMs: 900_000 },
  { name: '3h', bucketMs: 10_800_000 },
] as const satisfies readonly RollupTier[]

export type TierName = 'raw' | RollupTier['name']

/** How long samples are kept, as configured. */
export type MetricRetention = Config['retention']

/**
 * How long each tier is kept, ms. A coarser tier stays at least as long as the one below:
 * otherwise its buckets would be made again from rows that are still there.
 */
export function tierAges(retention: MetricRetention): Record<TierName, number> {
  const raw = retention.rawHours * HOUR_MS
  const minute = Math.max(raw, retention.minuteDays * 24 * HOUR_MS)
  const quarter = Math.max(minute, retention.quarterDays * 24 * HOUR_MS)
  return { raw, '1m': minute, '15m': quarter, '3h': quarter }
}

/**
 * A bucket is rolled up this long after its end, so that the samples of its last second are
 * written by then, even when they had to wait for the database.
 */
export const ROLLUP_DELAY_MS = 15_000

/** A sample written later than this may have missed its roll-up, which is then made again. */
export const LATE_AFTER_MS = 5_000

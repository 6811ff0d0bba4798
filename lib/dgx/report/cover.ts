import type { RollupMarks } from '../gpu/history.sql'
import { type MetricRetention, ROLLUP_TIERS, type RollupTier, tierAges } from '../gpu/tiers'

/** A range of time and the rows that tell of it: a tier's buckets, or raw samples (null). In ms. */
export type Piece = { tier: RollupTier | null; from: number; to: number }

export type Kept = {
  /** Up to when each tier of the GPU is rolled up. */
  marks: RollupMarks
  retention: MetricRetention
  now: number
  /** The longest bucket that may be used, ms. */
  longestMs: number
}

/**
 * The fewest rows that tell exactly of [from, to): long buckets inside, shorter ones towards its
 * edges, raw samples for what is not rolled up yet. The pieces follow each other without a gap. Only
 * the first and the last may cut a bucket in two: one of a minute, or of 15 where no minutes are kept
 * any more. Pure.
 */
export function coverOf(range: { from: number; to: number }, kept: Kept): Piece[] {
  const coarsest = ROLLUP_TIERS.findLastIndex(({ bucketMs }) => bucketMs <= kept.longestMs)
  return cover(range, coarsest, kept)
}

type Range = { from: number; to: number }

function cover({ from, to }: Range, level: number, kept: Kept): Piece[] {
  if (from >= to) return []
  const tier = ROLLUP_TIERS[level]
  if (!tier) return [{ tier: null, from, to }]
  const { bucketMs, name } = tier
  const below = ROLLUP_TIERS[level - 1]
  const isFinest = !below || from < kept.now - tierAges(kept.retention)[below.name]
  const first = isFinest ? from : Math.ceil(from / bucketMs) * bucketMs
  const end = isFinest ? to : Math.floor(to / bucketMs) * bucketMs
  const last = Math.min(end, kept.marks[name])
  if (last <= first) return cover({ from, to }, level - 1, kept)
  return [
    ...cover({ from, to: first }, level - 1, kept),
    { tier, from: first, to: last },
    ...cover({ from: last, to }, level - 1, kept),
  ]
}

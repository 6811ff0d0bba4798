import type { RollupMarks, SeriesSource } from './history.sql'
import { type MetricRetention, ROLLUP_TIERS, type TierName, tierAges } from './tiers'

/** Rows that one chart may read: to read and average them takes 30 to 40 of the 50 ms it may take. */
export const MAX_ROWS = 30_000

/** Samples stay a little longer than their age says, until the next deletion. */
const SLACK_MS = 60_000

type Range = { from: number; to: number; now: number; retention: MetricRetention }

/** True when raw samples reach back to the start of a range (all times in ms). */
export function rawCovers({ from, now, retention }: Range): boolean {
  return from >= now - tierAges(retention).raw - SLACK_MS
}

/** The finest tier that reaches back to `from` without more than MAX_ROWS rows; else the last. */
export function chooseRollupTier(range: Range & { ownerCount: number }): Exclude<TierName, 'raw'> {
  const { from, to, now, ownerCount } = range
  const ages = tierAges(range.retention)
  const tier = ROLLUP_TIERS.find(({ name, bucketMs }) => {
    const covers = from >= now - ages[name] - SLACK_MS || ages[name] >= ages['3h']
    const rows = (ownerCount * Math.min(to - from, ages[name])) / bucketMs
    return covers && rows <= MAX_ROWS
  })
  return tier?.name ?? '3h'
}

/** Buckets of equal `length` (ms) from `first` on; the last one ends at `to`. */
export type Grid = { first: number; length: number; to: number }

/** With so many points, a bucket is no more than a hundredth of the range. */
const MANY_POINTS = 100

/**
 * The shortest buckets, in whole `step`s (ms), of which `points` cover a range. They start at
 * multiples of their length, so that a chart that moves on keeps its points.
 *
 * A range seldom starts at such an edge, and then the piece before the first one is a bucket too
 * many. Among many it is left out; a few buckets rather start where the range does.
 */
export function gridOf(options: { from: number; to: number; points: number; step: number }): Grid {
  const { from, to, points, step } = options
  const length = Math.ceil((to - from) / points / step) * step
  const first = floor(from, length)
  if (to - first <= points * length) return { first, length, to }
  if (points >= MANY_POINTS) return { first: first + length, length, to }
  const start = floor(from, step)
  return { first: start, length: Math.ceil((to - start) / points / step) * step, to }
}

function floor(time: number, length: number): number {
  return Math.floor(time / length) * length
}

/** A piece of a grid and the rows that it is made from. */
export type GridPart = { first: number; end: number; sources: SeriesSource[] }

/**
 * How to fill a grid for one owner. Each tier counts up to where it is rolled up, then the next
 * finer one, and raw samples at last: nothing is missing at the end and nothing counts twice.
 * Only the last buckets need more than the tier itself, so they are a part of their own.
 */
export function partsOf(grid: Grid, marks: RollupMarks, tierName: TierName): GridPart[] {
  const { first, length, to } = grid
  const level = ROLLUP_TIERS.findIndex(({ name }) => name === tierName)
  const tier = ROLLUP_TIERS[level]
  if (tier === undefined) {
    return [{ first, end: to, sources: [{ tier: null, from: first, to }] }]
  }
  const whole = Math.floor((Math.min(marks[tier.name], to) - first) / length)
  const split = first + Math.max(0, whole) * length
  const parts: GridPart[] = []
  if (split > first) {
    parts.push({ first, end: split, sources: [{ tier, from: first, to: split }] })
  }
  if (split < to) {
    parts.push({ first: split, end: to, sources: tailSources({ marks, level, from: split, to }) })
  }
  return parts
}

function tailSources(options: {
  marks: RollupMarks
  level: number
  from: number
  to: number
}): SeriesSource[] {
  const { marks, level, to } = options
  const sources: SeriesSource[] = []
  let from = options.from
  for (const tier of ROLLUP_TIERS.slice(0, level + 1).toReversed()) {
    const end = Math.min(marks[tier.name], to)
    if (end <= from) continue
    sources.push({ tier, from, to: end })
    from = end
  }
  if (from < to) sources.push({ tier: null, from, to })
  return sources
}

/** Turns rows of several series into the points of one chart. Pure: no React, no time of its own. */

export type SeriesRow = { series: string; at: number; value: number | null }

/** One instant; a series that has no value there is null. */
export type ChartPoint = { at: number } & Record<string, number | null>

/** A distance above this many buckets is a gap, not a late sample. */
const GAP_BUCKETS = 1.5

/**
 * One point per instant, in order. Where all is silent for longer than one and a half buckets a
 * point without values is put in, so that the line breaks instead of bridging the gap.
 */
export function toPoints(rows: readonly SeriesRow[], bucketMs: number): ChartPoint[] {
  const names = [...new Set(rows.map(({ series }) => series))]
  const blank = Object.fromEntries(names.map((series) => [series, null]))
  const byTime = new Map<number, ChartPoint>()
  for (const { series, at, value } of rows) {
    let point = byTime.get(at)
    if (!point) {
      point = { ...blank, at }
      byTime.set(at, point)
    }
    point[series] = value
  }
  const sorted = [...byTime.values()].sort((a, b) => a.at - b.at)
  return sorted.flatMap((point, i) => {
    const before = sorted[i - 1]
    const isGap = before !== undefined && point.at - before.at > GAP_BUCKETS * bucketMs
    return isGap ? [{ ...blank, at: before.at + bucketMs }, point] : [point]
  })
}

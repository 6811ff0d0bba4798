/** From the least to the greatest of the values that a point stands for. */
export type Range = readonly [least: number, greatest: number]

/** A line: points in order of x; a y of null breaks it where breaks are drawn. */
export type XYSeries = {
  key: string
  points: readonly { x: number; y: number | null; range?: Range }[]
}

/** One x with the y of each series that has a point there; the others have no such key. */
export type AlignedRow = { x: number } & Record<string, number | Range | null>

/**
 * The points of several lines, each with an x of its own, as the rows of one chart. Of a line with
 * ranges each row has its range too, under `bandKey`. Pure.
 */
export function alignSeries(series: readonly XYSeries[]): AlignedRow[] {
  const rows = new Map<number, AlignedRow>()
  for (const { key, points } of series) {
    const isBanded = points.some(({ range }) => range)
    for (const { x, y, range } of points) {
      const row = rows.get(x) ?? ({ x } as AlignedRow)
      rows.set(x, row)
      row[key] = y
      // A point that stands for itself joins the band as a line does.
      if (isBanded) row[bandKey(key)] = y === null ? null : (range ?? [y, y])
    }
  }
  return [...rows.values()].sort((a, b) => a.x - b.x)
}

/** Where the rows have the range of a line. */
export const bandKey = (key: string) => `band ${key}`

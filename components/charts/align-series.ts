/** A line: points in order of x; a y of null breaks it where breaks are drawn. */
export type XYSeries = { key: string; points: readonly { x: number; y: number | null }[] }

/** One x with the y of each series that has a point there; the others have no such key. */
export type AlignedRow = { x: number } & Record<string, number | null>

/** The points of several lines, each with an x of its own, as the rows of one chart. Pure. */
export function alignSeries(series: readonly XYSeries[]): AlignedRow[] {
  const rows = new Map<number, AlignedRow>()
  for (const { key, points } of series) {
    for (const { x, y } of points) {
      const row = rows.get(x)
      if (row) row[key] = y
      else rows.set(x, { x, [key]: y } as AlignedRow)
    }
  }
  return [...rows.values()].sort((a, b) => a.x - b.x)
}

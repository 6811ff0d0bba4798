import { type JsonNumber, type SeriesPoint, toJson } from './answers'

/**
 * At most `most` points for a series that is ordered by x, and beside them those that are not finite.
 * The first and the last stay as they are. Between them each point stands for about as many
 * neighbours: their mean at the x of the middle one, with the least and the greatest of them.
 *
 * Every value that is not finite is kept; only of more than `most` of them the first of its kind in
 * each piece.
 */
export function decimate(
  xs: readonly number[],
  values: readonly number[],
  most: number,
): SeriesPoint[] {
  const count = values.length
  if (count <= most) return values.map((value, i) => [xs[i] as number, toJson(value)])
  let nonFinite = 0
  for (const value of values) if (!Number.isFinite(value)) nonFinite += 1
  const points: SeriesPoint[] = []
  const pieces = most - 2
  points.push([xs[0] as number, toJson(values[0] as number)])
  for (let piece = 0; piece < pieces; piece += 1) {
    const from = 1 + Math.floor((piece * (count - 2)) / pieces)
    const to = 1 + Math.floor(((piece + 1) * (count - 2)) / pieces)
    points.push(...pieceOf(xs, values, { from, to, isAll: nonFinite <= most }))
  }
  points.push([xs[count - 1] as number, toJson(values[count - 1] as number)])
  return points
}

function pieceOf(
  xs: readonly number[],
  values: readonly number[],
  { from, to, isAll }: { from: number; to: number; isAll: boolean },
): SeriesPoint[] {
  const points: SeriesPoint[] = []
  const seen = new Set<JsonNumber>()
  const middle = Math.floor((from + to - 1) / 2)
  let place = 0
  let sum = 0
  let finite = 0
  let min = Infinity
  let max = -Infinity
  for (let i = from; i < to; i += 1) {
    const value = values[i] as number
    if (Number.isFinite(value)) {
      finite += 1
      sum += value
      if (value < min) min = value
      if (value > max) max = value
    } else {
      const word = toJson(value)
      if (isAll || !seen.has(word)) points.push([xs[i] as number, word])
      seen.add(word)
    }
    if (i === middle) place = points.length
  }
  if (finite > 0) {
    const x = xs[middle] as number
    const mean = sum / finite
    // The sum of huge numbers is not finite.
    const shown = Number.isFinite(mean) ? mean : max
    points.splice(place, 0, finite === 1 ? [x, shown] : [x, shown, min, max])
  }
  return points
}

/**
 * Exponential moving average. `weight` is the share of what was before, 0 (as it is) up to 0.99.
 * The start is corrected for the missing past, so that a smoothed line begins at its first value
 * and not near 0. An unknown value stays unknown and does not move the average. Pure.
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  let sum = 0
  let counted = 0
  return values.map((value) => {
    if (value === null) return null
    sum = weight * sum + (1 - weight) * value
    counted += 1
    return sum / (1 - weight ** counted)
  })
}

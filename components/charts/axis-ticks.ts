/** Where the ticks of an axis stand. Pure. */

const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600]
const DAY_S = 86_400

/** Round times, at most about `most`, from 0 to `to` seconds. */
export function elapsedTicks(to: number, most = 5): number[] {
  const least = to / most
  const step =
    SECONDS.find((seconds) => seconds >= least) ??
    (least <= DAY_S / 2 ? DAY_S / 2 : Math.ceil(least / DAY_S) * DAY_S)
  return Array.from({ length: Math.floor(to / step) + 1 }, (_, i) => i * step)
}

/** Round counts between `from` and `to`, at most about `most`. */
export function stepTicks(from: number, to: number, most = 6): number[] {
  const least = Math.max(1, (to - from) / most)
  const power = 10 ** Math.floor(Math.log10(least))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= least) ?? least
  const first = Math.ceil(from / step)
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) => (first + i) * step)
}

/** Up to here 2 and 5 stand between the powers of ten; above, there is no room for them. */
const FINE_DECADES = 3

/**
 * A logarithmic axis that holds positive values: 1, 2 and 5 times powers of ten, over many decades
 * the powers alone. The axis runs from the first tick to the last.
 */
export function logTicks(least: number, greatest: number): number[] {
  const first = Math.floor(Math.log10(least))
  const last = Math.ceil(Math.log10(greatest))
  const isFine = last - first <= FINE_DECADES
  const every = Math.max(1, Math.ceil((last - first) / 6))
  const ticks: number[] = []
  for (let power = first; power <= last; power += isFine ? 1 : every)
    for (const factor of isFine ? [1, 2, 5] : [1]) ticks.push(Number(`${factor}e${power}`))
  const from = ticks.findLastIndex((tick) => tick <= least)
  const to = ticks.findIndex((tick) => tick >= greatest)
  return ticks.slice(Math.max(0, from), to === -1 ? undefined : Math.max(to, from + 1) + 1)
}

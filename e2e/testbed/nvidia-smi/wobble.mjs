/** How far each reading moves around its recorded value, and within which bounds. */
const MOVES = [
  { name: 'utilization.gpu', reach: 5, least: 1, most: 100, digits: 0 },
  { name: 'temperature.gpu', reach: 2, least: 20, most: 95, digits: 0 },
  { name: 'power.draw', reach: 12, least: 3, most: 700, digits: 2 },
]
const PERIOD_MS = 23_000

/**
 * A GPU whose readings move with time, each GPU in its own phase. What is 0 or no number stays.
 *
 * @param {import('./profiles.mjs').Gpu} gpu @param {number} place @param {Date} now
 */
export function wobble(gpu, place, now) {
  const moved = { ...gpu }
  for (const [i, { name, reach, least, most, digits }] of MOVES.entries()) {
    const value = Number(gpu[name])
    if (!(value > 0)) continue
    const wave = Math.sin((now.getTime() / PERIOD_MS) * 2 * Math.PI + place * 1.7 + i)
    moved[name] = Math.min(most, Math.max(least, value + reach * wave)).toFixed(digits)
  }
  return moved
}

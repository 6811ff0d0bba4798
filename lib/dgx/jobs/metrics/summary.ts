import { type MetricSummary, type MetricsSummary, toJson } from './answers'
import type { MetricPoint } from './points'

/** More names are mistakes (a step in the name), and no page could show them. */
export const MOST_KEYS = 2000

/**
 * Adds points to a summary. Names beyond `MOST_KEYS` are not taken up, and are out of the points
 * that come back.
 */
export function summarise(
  before: MetricsSummary,
  points: readonly MetricPoint[],
): { summary: MetricsSummary; points: MetricPoint[] } {
  const summary = new Map(Object.entries(before))
  const kept = points.flatMap((point): MetricPoint[] => {
    const known = Object.entries(point.metrics).filter(([name, value]) => {
      if (!summary.has(name) && summary.size >= MOST_KEYS) return false
      summary.set(name, add(summary.get(name), value, point.step))
      return true
    })
    return known.length === 0 ? [] : [{ ...point, metrics: Object.fromEntries(known) }]
  })
  return { summary: Object.fromEntries(summary), points: kept }
}

function add(before: MetricSummary | undefined, value: number, step: number | null): MetricSummary {
  const { count, non_finite, min, max, min_step, max_step } = before ?? NONE
  const next = { count: count + 1, non_finite, last: toJson(value), min, max, min_step, max_step }
  if (!Number.isFinite(value)) return { ...next, non_finite: non_finite + 1 }
  if (min === null || value < min) Object.assign(next, { min: value, min_step: step })
  if (max === null || value > max) Object.assign(next, { max: value, max_step: step })
  return next
}

const NONE = { count: 0, non_finite: 0, min: null, max: null, min_step: null, max_step: null }

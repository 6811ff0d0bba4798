import type { ReportRun } from './runs.sql'

type Range = { from: number; to: number }

/** A run cut to the period of a report, in ms since 1970. */
export type HeldRun = ReportRun & Range & { isCut: boolean }

/**
 * A run as far as it lies in a period, up to `now` while it goes on. One that lies in one step of it
 * with all its time counts as it was accounted, reading by reading; of one that is cut, by an edge of
 * the period or between two steps, each part counts as the roll-ups of its GPUs have it. Pure.
 */
export function cutToPeriod(
  run: ReportRun,
  { from, to, stepMs, now }: Range & { stepMs: number; now: number },
): HeldRun {
  const end = run.ended_at ?? Math.max(now, run.started_at)
  const cut = { from: Math.max(from, run.started_at), to: Math.min(to, end) }
  const isInside = run.started_at >= from && end <= to
  const last = Math.max(cut.from, cut.to - 1)
  const isOneStep = Math.floor(cut.from / stepMs) === Math.floor(last / stepMs)
  return { ...run, ...cut, isCut: !(isInside && isOneStep) }
}

/** A range cut at the borders of steps. Pure. */
export function stepsOf({ from, to }: Range, stepMs: number): ({ step: number } & Range)[] {
  const steps = []
  for (let at = from; at < to; ) {
    const step = Math.floor(at / stepMs)
    const end = Math.min(to, (step + 1) * stepMs)
    steps.push({ step, from: at, to: end })
    at = end
  }
  return steps
}

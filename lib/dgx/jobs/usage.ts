import type { JobAttempt as AttemptRow } from '../../db/generated/client'
import type { Usage } from './answers'

const SECONDS_PER_HOUR = 3_600
const JOULES_PER_KWH = 3_600_000

/** The usage of runs together. @param now_ms until when a run that is not over counts */
export function usageOf(
  runs: readonly Pick<
    AttemptRow,
    | 'phase'
    | 'gpu_uuids'
    | 'started_at'
    | 'ended_at'
    | 'gpu_seconds'
    | 'busy_gpu_seconds'
    | 'energy_joules'
    | 'peak_gpu_memory_mb'
    | 'idle_since'
  >[],
  now_ms: number,
): Usage {
  const sum = (of: (run: (typeof runs)[number]) => number) =>
    runs.reduce((total, run) => total + of(run), 0)
  const held_s = sum(({ gpu_uuids, started_at, ended_at }) =>
    // Written by this program only, in this shape.
    started_at ? (gpu_uuids as string[]).length * secondsOf(started_at, ended_at, now_ms) : 0,
  )
  const sampled_s = sum((run) => run.gpu_seconds)
  const joules = sum((run) => run.energy_joules)
  const peaks = runs.flatMap(({ peak_gpu_memory_mb }) => peak_gpu_memory_mb ?? [])
  const idle = runs.find(({ phase, idle_since }) => phase !== 'ended' && idle_since !== null)
  return {
    gpu_hours: held_s / SECONDS_PER_HOUR,
    gpu_utilization: sampled_s > 0 ? (sum((run) => run.busy_gpu_seconds) / sampled_s) * 100 : null,
    peak_gpu_memory_mb: peaks.length > 0 ? Math.max(...peaks) : null,
    energy_kwh: joules > 0 ? joules / JOULES_PER_KWH : null,
    idle_since: idle?.idle_since?.toISOString() ?? null,
  }
}

function secondsOf(started_at: Date, ended_at: Date | null, now_ms: number): number {
  return Math.max(0, (ended_at?.getTime() ?? now_ms) - started_at.getTime()) / 1000
}

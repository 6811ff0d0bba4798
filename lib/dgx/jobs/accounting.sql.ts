import type { PrismaClient } from '../../db/generated/client'
import type { UsageChange } from './run-usage'

export type UsageRow = UsageChange & { job_id: string; attempt: number }

/** Adds what was measured of runs, all in one statement. A run that is gone is passed over. */
export async function addUsage(
  database: Pick<PrismaClient, '$executeRaw'>,
  rows: readonly UsageRow[],
): Promise<void> {
  await database.$executeRaw`
    UPDATE dgx_job_attempts AS run SET
      gpu_seconds = run.gpu_seconds + new.gpu_seconds,
      busy_gpu_seconds = run.busy_gpu_seconds + new.busy_gpu_seconds,
      energy_joules = run.energy_joules + new.energy_joules,
      peak_gpu_memory_mb = nullif(max(coalesce(run.peak_gpu_memory_mb, -1), coalesce(new.peak, -1)), -1),
      idle_since = new.idle_since
    FROM (
      SELECT value->>'job_id' AS job_id, value->>'attempt' AS attempt,
             value->>'gpu_seconds' AS gpu_seconds, value->>'busy_gpu_seconds' AS busy_gpu_seconds,
             value->>'energy_joules' AS energy_joules, value->>'peak_gpu_memory_mb' AS peak,
             CAST(value->>'idle_since_ms' AS INTEGER) AS idle_since
      FROM json_each(${JSON.stringify(rows)})
    ) AS new
    WHERE run.job_id = new.job_id AND run.attempt = new.attempt`
}

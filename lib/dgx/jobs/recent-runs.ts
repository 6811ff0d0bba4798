import { database } from '../../db/client'
import type { EndReason, Phase } from './states'

/** When a run held its GPUs, for a timeline. */
export type RecentRun = {
  job_id: string
  job_name: string
  attempt: number
  connection_id: string
  /** Empty for one that has none. */
  gpu_uuids: string[]
  phase: Phase
  end_reason: EndReason | null
  from: string
  /** Null while it goes on. */
  to: string | null
}

/** More bars could not be told apart. */
const MOST_RUNS = 2_000

/** The runs of all machines that were there at some time since `since`, the oldest first. */
export async function listRecentRuns({ since }: { since: Date }): Promise<RecentRun[]> {
  const rows = await database().jobAttempt.findMany({
    where: { connection_id: { not: null }, OR: [{ ended_at: null }, { ended_at: { gte: since } }] },
    include: { job: { select: { name: true } } },
    orderBy: { created_at: 'desc' },
    take: MOST_RUNS,
  })
  return rows.toReversed().flatMap((row) => {
    const { job_id, attempt, connection_id } = row
    if (connection_id === null) return []
    return {
      ...{ job_id, attempt, connection_id },
      job_name: row.job.name,
      // Written by this program only, in these shapes.
      gpu_uuids: row.gpu_uuids as string[],
      phase: row.phase as Phase,
      end_reason: row.end_reason as EndReason | null,
      from: (row.started_at ?? row.created_at).toISOString(),
      to: row.ended_at?.toISOString() ?? null,
    }
  })
}

import { Prisma } from '../../db/generated/client'
import type { LabelFinding } from './labels'

/** Adds a finding to what is known: the first line stays, the count grows. */
export const addLabel = (
  run: { job_id: string; attempt: number },
  finding: LabelFinding & { stream: string },
  now: Date,
) => Prisma.sql`
  INSERT INTO dgx_job_labels
    (job_id, attempt, label, stream, line, offset_bytes, count, first_at, last_at)
  VALUES (${run.job_id}, ${run.attempt}, ${finding.label}, ${finding.stream}, ${finding.line},
    ${finding.offset}, ${finding.count}, ${now.getTime()}, ${now.getTime()})
  ON CONFLICT (job_id, attempt, label) DO UPDATE SET
    count = count + excluded.count, last_at = excluded.last_at`

/** Runs that ended on machines whose records were deleted: nothing can be read of them any more. */
export const giveUpUnreachable = () => Prisma.sql`
  UPDATE dgx_job_attempts SET is_collected = true
  WHERE is_collected = false AND phase = 'ended'
    AND (connection_id IS NULL OR connection_id NOT IN (SELECT id FROM dgx_connections))`

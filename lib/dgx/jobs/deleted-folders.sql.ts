import { Prisma } from '../../db/generated/client'

/** Remembers the folders that jobs have on machines, so that they are removed once the jobs are. */
export const noteFolders = (jobIds: readonly string[], now: Date) => Prisma.sql`
  INSERT OR IGNORE INTO dgx_deleted_job_folders (connection_id, job_id, deleted_at)
  SELECT DISTINCT run.connection_id, run.job_id, ${now.getTime()}
  FROM dgx_job_attempts AS run JOIN dgx_connections AS machine ON machine.id = run.connection_id
  WHERE run.job_id IN (SELECT value FROM json_each(${JSON.stringify(jobIds)}))`

export const deleteJobs = (jobIds: readonly string[]) => Prisma.sql`
  DELETE FROM dgx_training_jobs WHERE id IN (SELECT value FROM json_each(${JSON.stringify(jobIds)}))`

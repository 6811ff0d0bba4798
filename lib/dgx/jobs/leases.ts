import type { PrismaClient } from '../../db/generated/client'

/** A client, or the transaction that is open on it. */
type Db = Pick<PrismaClient, 'gpuLease'>

export type Lease = {
  connection_id: string
  gpu_uuid: string
  job_id: string
  attempt: number
  taken_at: Date
}

export function listLeases(db: Db): Promise<Lease[]> {
  return db.gpuLease.findMany()
}

/**
 * Takes GPUs for a run. Throws a unique violation when one of them is held: the key of the table
 * makes it impossible to give a GPU away twice, whatever else goes wrong.
 */
export async function takeLeases(
  db: Db,
  run: { connection_id: string; job_id: string; attempt: number; gpu_uuids: readonly string[] },
): Promise<void> {
  const { gpu_uuids, ...rest } = run
  if (gpu_uuids.length === 0) return
  const taken_at = new Date()
  await db.gpuLease.createMany({
    data: gpu_uuids.map((gpu_uuid) => ({ ...rest, gpu_uuid, taken_at })),
  })
}

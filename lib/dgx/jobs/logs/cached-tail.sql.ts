/** What is kept of logs, piece by piece. */
import { z } from 'zod'
import type { PrismaClient } from '../../../db/generated/client'
import { LOG_STREAMS, type LogStream } from './schema'

type Run = { job_id: string; attempt: number }
export type Piece = { offset: number; content: Buffer }

const newest = z.array(
  z.object({
    stream: z.enum(LOG_STREAMS),
    offset: z.number(),
    content: z.instanceof(Uint8Array),
  }),
)

/** The newest piece of each log that is kept; new bytes go on at its end. */
export async function newestPieces(
  db: Pick<PrismaClient, '$queryRaw'>,
  { job_id, attempt }: Run,
): Promise<Record<LogStream, Piece | null>> {
  const rows = newest.parse(
    // SQLite takes the other columns from the row that has the maximum.
    await db.$queryRaw`
      SELECT stream, max(offset_bytes) AS offset, content FROM dgx_job_log_tails
      WHERE job_id = ${job_id} AND attempt = ${attempt} GROUP BY stream`,
  )
  const pieces: Record<LogStream, Piece | null> = { stdout: null, stderr: null }
  for (const { stream, offset, content } of rows)
    pieces[stream] = { offset, content: Buffer.from(content) }
  return pieces
}

/** Writes a piece, or what it is now. */
export async function putPiece(
  db: Pick<PrismaClient, '$executeRaw'>,
  run: Run,
  stream: LogStream,
  { offset, content }: Piece,
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO dgx_job_log_tails (job_id, attempt, stream, offset_bytes, content)
    VALUES (${run.job_id}, ${run.attempt}, ${stream}, ${offset}, ${new Uint8Array(content)})
    ON CONFLICT (job_id, attempt, stream, offset_bytes) DO UPDATE SET content = excluded.content`
}

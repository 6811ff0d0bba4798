import { database } from '../../../db/client'
import type { Prisma } from '../../../db/generated/client'
import { type Piece, putPiece } from './cached-tail.sql'
import { countLines, type LogBytes, type LogRange } from './log-bytes'
import type { LogRun } from './run'
import type { LogStream } from './schema'

/** So much of the end of each log is kept here, for when its machine is away. */
const KEPT_BYTES = 256 * 1024
/** A piece grows up to this with what comes, so that few are written again and few are kept. */
const PIECE_BYTES = 16 * 1024

/**
 * What of a range of a log is kept here: its last lines, or from an offset on. `offset` says where
 * it begins when older parts are not kept.
 */
export async function readCachedTail(
  run: LogRun,
  stream: LogStream,
  range: { from: number | null; lines: number } & Pick<LogRange, 'max_bytes'>,
): Promise<LogBytes> {
  const rows = await database().jobLogTail.findMany({
    where: { job_id: run.job_id, attempt: run.attempt, stream },
    orderBy: { offset_bytes: 'asc' },
  })
  const start = rows[0]?.offset_bytes ?? 0
  const kept = Buffer.concat(rows.map(({ content }) => content))
  const size_bytes = Math.max(run[`${stream}_bytes`], start + kept.length)
  const part = (from: number, to: number, isCut: boolean): LogBytes => ({
    bytes: kept.subarray(from, to),
    offset: start + from,
    next_offset: start + to,
    size_bytes,
    eof: start + to === size_bytes,
    truncated: isCut,
  })
  if (range.from !== null) {
    // What was given before it could be kept is not given twice.
    if (range.from > start + kept.length) {
      const isCut = range.from < size_bytes
      const place = { offset: range.from, next_offset: range.from }
      return {
        ...part(0, 0, isCut),
        ...place,
        size_bytes: Math.max(size_bytes, range.from),
        eof: !isCut,
      }
    }
    const from = Math.min(Math.max(range.from - start, 0), kept.length)
    const to = Math.min(from + range.max_bytes, kept.length)
    return part(from, to, range.from < start || start + to < size_bytes)
  }
  const least = Math.max(0, kept.length - range.max_bytes)
  const from = startOfLines(kept, range.lines, least)
  return part(from, kept.length, start + from > 0 && countLines(kept.subarray(from)) < range.lines)
}

/** Where the last so many lines begin, not before `least`. */
function startOfLines(bytes: Buffer, lines: number, least: number): number {
  // The newline at the very end ends a line and begins none.
  let at = bytes.length - 1
  for (let left = lines; left > 0; left -= 1) {
    at = at > 0 ? bytes.lastIndexOf(10, at - 1) : -1
    if (at < least) return least
  }
  return at + 1
}

/**
 * Keeps new bytes after `last`; what of them is kept already (read again after a crash) is not kept
 * twice. Without `last`, or with a gap after it, they take the place of all. Drops what is too old.
 * @returns the newest piece now
 */
export async function keepTail(
  tx: Prisma.TransactionClient,
  run: { job_id: string; attempt: number },
  stream: LogStream,
  added: { offset: number; bytes: Buffer; last: Piece | null },
): Promise<Piece | null> {
  const where = { job_id: run.job_id, attempt: run.attempt, stream }
  const end = added.offset + added.bytes.length
  const isFollowing = added.last !== null && endOf(added.last) >= added.offset
  if (!isFollowing) await tx.jobLogTail.deleteMany({ where })
  let newest = isFollowing ? added.last : null
  let at = Math.max(newest ? endOf(newest) : added.offset, end - KEPT_BYTES)
  while (at < end) {
    const grows = newest !== null && newest.content.length < PIECE_BYTES && endOf(newest) === at
    const before: Piece = grows && newest ? newest : { offset: at, content: Buffer.alloc(0) }
    const to = Math.min(end, at + PIECE_BYTES - before.content.length)
    const more = added.bytes.subarray(at - added.offset, to - added.offset)
    newest = { offset: before.offset, content: Buffer.concat([before.content, more]) }
    await putPiece(tx, run, stream, newest)
    at = to
  }
  // Whole pieces only: up to one more than has to be is left.
  const oldest = end - KEPT_BYTES - PIECE_BYTES
  if (oldest > 0)
    await tx.jobLogTail.deleteMany({ where: { ...where, offset_bytes: { lt: oldest } } })
  return newest
}

const endOf = (piece: Piece): number => piece.offset + piece.content.length

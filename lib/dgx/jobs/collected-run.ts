import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PrismaClient } from '../../db/generated/client'
import { addLabel } from './collector.sql'
import { type LabelFinding, LabelScanner, linesOf } from './labels'
import { keepTail } from './logs/cached-tail'
import { newestPieces, type Piece } from './logs/cached-tail.sql'
import type { FilePart, FileRequest } from './logs/remote-files'
import type { MetricPoint } from './metrics/points'
import { appendPoints } from './metrics/records'
import { endOfLines, MetricScanner, type MetricSource } from './metrics/scanner'
import { RUN_FILES } from './runner/paths'

/** What is read of a run. */
const FILES = ['stdout', 'stderr', 'metrics'] as const
type File = (typeof FILES)[number]

/** A line of a log without an end is taken as one once it is so long. */
const LONGEST_LOG_LINE = 16 * 1024
/** A longer line cannot be read whole while many runs share a pass; such a one of metrics is lost. */
const LEAST_BYTES: Record<File, number> = {
  stdout: LONGEST_LOG_LINE,
  stderr: LONGEST_LOG_LINE,
  metrics: 64 * 1024,
}
/** Scanning a piece takes some 10 ms; between pieces others get their turn. */
const SCAN_BYTES = 64 * 1024

/** A row of what is to be collected, as `Collector` selects it. */
export type RunRow = {
  job_id: string
  attempt: number
  phase: string
  connection_id: string | null
  stdout_scanned_bytes: number
  stderr_scanned_bytes: number
  metrics_scanned_bytes: number
  job: { log_labels: unknown; metric_pattern: string | null }
}

/**
 * What is remembered of a run between passes. All that counts is in the database: it is made anew
 * after a restart or a failure, and goes on from what was stored.
 */
export class CollectedRun {
  readonly #run: { job_id: string; attempt: number }
  readonly #labels: LabelScanner
  readonly #scanners: Record<File, MetricScanner>
  readonly #places: Record<File, number>
  #pieces: { stdout: Piece | null; stderr: Piece | null } | null = null

  constructor(row: RunRow) {
    const { job_id, attempt, job } = row
    this.#run = { job_id, attempt }
    // Checked when the job was made.
    const own = (job.log_labels ?? []) as Array<{ label: string; pattern: string }>
    this.#labels = new LabelScanner(own)
    const scanner = (source: MetricSource) =>
      new MetricScanner({ source, pattern: source === 'log' ? job.metric_pattern : null })
    this.#scanners = {
      stdout: scanner('log'),
      stderr: scanner('log'),
      metrics: scanner('metrics_file'),
    }
    this.#places = {
      stdout: row.stdout_scanned_bytes,
      stderr: row.stderr_scanned_bytes,
      metrics: row.metrics_scanned_bytes,
    }
  }

  /** What to read next of each of its files. */
  requests(max_bytes: number): FileRequest[] {
    const { job_id, attempt } = this.#run
    return FILES.map((file) => ({
      path: `${job_id}/${attempt}/${RUN_FILES[file]}`,
      from: this.#places[file],
      max_bytes: Math.max(max_bytes, LEAST_BYTES[file]),
    }))
  }

  /**
   * Takes what was read and stores all that it tells in one transaction, with how far that is, so
   * that after a crash nothing is counted twice and nothing is left out.
   * @param options.hasEnded the run had ended before the parts were read
   * @returns `isBehind`: there is more to read at once; `isNews`: labels or points were added; null
   *   when the job was deleted or another one has read on, so that nothing was stored
   */
  async take(
    database: PrismaClient,
    parts: readonly FilePart[],
    options: { hasEnded: boolean; now: Date },
  ): Promise<{ isBehind: boolean; isNews: boolean } | null> {
    const { hasEnded, now } = options
    const run = this.#run
    const found: Array<LabelFinding & { stream: string }> = []
    const points: MetricPoint[] = []
    const places = { ...this.#places }
    const sizes: Partial<Record<`${'stdout' | 'stderr'}_bytes`, number>> = {}
    const tails: Array<{ stream: 'stdout' | 'stderr'; offset: number; bytes: Buffer }> = []
    const cut: Array<'stdout' | 'stderr'> = []
    let isBehind = false
    for (const [i, file] of FILES.entries()) {
      const part = parts[i]
      if (part?.state !== 'there') continue
      const source = file === 'metrics' ? 'metrics_file' : 'log'
      if (file !== 'metrics') sizes[`${file}_bytes`] = part.size
      // The file was cut: what comes is not what was counted, nor follows what is kept.
      if (part.size < part.offset) {
        places[file] = part.size
        if (file !== 'metrics') cut.push(file)
      }
      const { bytes, offset } = part
      if (bytes.length === 0) continue
      const isAll = offset + bytes.length >= part.size
      const whole = hasEnded && isAll ? bytes.length : wholeLines(bytes, source, isAll)
      isBehind ||= !isAll && whole > 0
      places[file] = offset + whole
      if (file !== 'metrics') tails.push({ stream: file, offset, bytes })
      for (const piece of piecesOf(bytes.subarray(0, whole), offset, source)) {
        points.push(...this.#scanners[file].scan(piece.bytes.toString('utf8')))
        if (file !== 'metrics') {
          const findings = this.#labels.scan(linesOf(piece.bytes, piece.offset))
          found.push(...findings.map((finding) => ({ ...finding, stream: file })))
        }
        await nextTurn()
      }
    }
    const isDone = hasEnded && !isBehind
    if (
      !isDone &&
      FILES.every((file) => places[file] === this.#places[file]) &&
      !this.#isNew(tails)
    )
      return { isBehind, isNews: false }
    const pieces = this.#pieces ?? (await newestPieces(database, run))
    for (const stream of cut) pieces[stream] = null
    const isStored = await database.$transaction(async (tx) => {
      const { count } = await tx.jobAttempt.updateMany({
        where: { ...run, ...scanned(this.#places), is_collected: false },
        data: { ...scanned(places), ...sizes, is_collected: isDone },
      })
      if (count === 0) return false
      for (const { stream, ...added } of tails)
        pieces[stream] = await keepTail(tx, run, stream, { ...added, last: pieces[stream] })
      for (const finding of found) await tx.$executeRaw(addLabel(run, finding, now))
      if (points.length > 0) await appendPoints(tx, { ...run, points, now })
      return true
    })
    if (!isStored) return null
    Object.assign(this.#places, places)
    this.#pieces = pieces
    return { isBehind, isNews: found.length > 0 || points.length > 0 }
  }

  /** Bytes came that the tails do not have: the beginning of a line. */
  #isNew(tails: ReadonlyArray<{ stream: 'stdout' | 'stderr'; offset: number; bytes: Buffer }>) {
    return tails.some(({ stream, offset, bytes }) => {
      const piece = this.#pieces?.[stream]
      return !piece || piece.offset + piece.content.length < offset + bytes.length
    })
  }
}

const scanned = (places: Record<File, number>) => ({
  stdout_scanned_bytes: places.stdout,
  stderr_scanned_bytes: places.stderr,
  metrics_scanned_bytes: places.metrics,
})

/** How many bytes are whole lines; a line that is too long is cut. */
function wholeLines(bytes: Buffer, source: MetricSource, isAll: boolean): number {
  const whole = endOfLines(bytes, source)
  const isLong = source === 'log' && bytes.length - whole >= LONGEST_LOG_LINE
  return isLong || (whole === 0 && !isAll) ? bytes.length : whole
}

/** Pieces of whole lines that are scanned in one go. */
function* piecesOf(
  bytes: Buffer,
  offset: number,
  source: MetricSource,
): Generator<{ bytes: Buffer; offset: number }> {
  for (let start = 0; start < bytes.length; ) {
    const some = bytes.subarray(start, start + SCAN_BYTES)
    const isRest = start + some.length === bytes.length
    const newline = bytes.indexOf(10, start + some.length)
    // A line of the metrics file may be longer than a piece.
    const next = source === 'log' || newline < 0 ? bytes.length : newline + 1
    const length = isRest ? some.length : endOfLines(some, source) || next - start
    yield { bytes: bytes.subarray(start, start + length), offset: offset + start }
    start += length
  }
}

import { isDgxError } from '../../errors'
import { runtime } from '../../runtime'
import type { LogPart, Logs } from './answers'
import { readCachedTail } from './cached-tail'
import { countLines, type LogBytes, type LogRange } from './log-bytes'
import { readFiles } from './remote-files'
import { connectedHost, findLogRun, type LogRun, logGone, logPath } from './run'
import { hasOffset, LOG_STREAMS, type LogStream, type LogsQuery } from './schema'
import { brokenStart, textOf } from './text'

/** As `Logs`, with the bytes as they are in the file. */
export type RawLogs = Omit<Logs, 'stdout' | 'stderr'> & Record<LogStream, LogBytes | null>

const DEFAULT_TAIL_LINES = 1_000

/**
 * Text of a run's log: its last lines, or from an offset on.
 * @throws DgxError job_not_found, ambiguous_name, job_not_managed, attempt_not_found, log_gone
 *   (with what was kept here in `data`), too_busy, ssh_timeout, exec_failed
 */
export async function readLogs(
  options: { id: string; signal?: AbortSignal } & LogRange & Pick<LogsQuery, 'ansi' | 'progress'>,
): Promise<Logs> {
  const { stdout, stderr, ...rest } = await readRawLogs(options)
  const toText = (part: LogBytes | null): LogPart | null => {
    if (!part) return null
    const { bytes, ...place } = part
    const isTail = !hasOffset(options)
    const skipped = isTail && part.offset > 0 ? brokenStart(bytes) : 0
    const { text, usedBytes } = textOf(bytes.subarray(skipped), {
      ...options,
      isEnd: rest.ended && part.eof,
      isLineStart: part.offset === 0 || (isTail && !part.truncated),
    })
    const next_offset = part.offset + skipped + usedBytes
    return {
      text,
      ...place,
      offset: part.offset + skipped,
      next_offset,
      eof: part.eof && next_offset === part.next_offset,
    }
  }
  return { ...rest, stdout: toText(stdout), stderr: toText(stderr) }
}

/** The same with the bytes as they are in the file. */
export async function readRawLogs(
  options: { id: string; signal?: AbortSignal } & LogRange,
): Promise<RawLogs> {
  let run = await findLogRun(options)
  for (;;) {
    const read = await readParts(run, options)
    const after = await findLogRun({ id: run.job_id, attempt: run.attempt || undefined })
    // What it wrote between the bytes and its end would be missed: once more.
    if (after.has_ended && !run.has_ended && !read.from_cache) {
      run = after
      continue
    }
    const { job_id, attempt, status, phase, end_reason, exit_code, exit_signal } = after
    return {
      ...{ job_id, attempt, status, phase, end_reason, exit_code, exit_signal },
      ended: after.has_ended,
      ...read,
    }
  }
}

type Read = Pick<RawLogs, 'reachable' | 'from_cache' | 'stdout' | 'stderr'>

const NOTHING: LogBytes = {
  bytes: Buffer.alloc(0),
  offset: 0,
  next_offset: 0,
  size_bytes: 0,
  eof: true,
  truncated: false,
}

async function readParts(run: LogRun, range: LogRange & { signal?: AbortSignal }): Promise<Read> {
  const wanted = LOG_STREAMS.filter((name) => range.stream === 'both' || range.stream === name)
  const answer = (reachable: boolean, parts: (LogBytes | null)[]): Read => {
    const part = (name: LogStream) => parts[wanted.indexOf(name)] ?? null
    return { reachable, from_cache: !reachable, stdout: part('stdout'), stderr: part('stderr') }
  }
  const nothing = wanted.map(() => NOTHING)
  if (run.attempt === 0) return answer(true, nothing)
  const isTail = !hasOffset(range)
  const lines = range.tail ?? DEFAULT_TAIL_LINES
  const { max_bytes } = range
  const cached = () =>
    Promise.all(
      wanted.map((name) =>
        readCachedTail(run, name, {
          from: isTail ? null : offsetOf(range, name),
          lines,
          max_bytes,
        }),
      ),
    )
  const host = connectedHost(runtime().hosts, run.connection_id)
  if (!host) return answer(false, await cached())
  try {
    const files = await readFiles(
      host,
      wanted.map((name) => ({
        path: logPath(run, name),
        from: isTail ? 'end' : offsetOf(range, name),
        max_bytes,
        lines: isTail ? lines : undefined,
      })),
      range.signal,
    )
    const isGone = wanted.some(
      (name, i) =>
        (files[i]?.state === 'gone' && !run.is_starting) ||
        (files[i]?.state === 'absent' && run[`${name}_bytes`] > 0),
    )
    if (isGone) {
      const kept = await cached()
      throw logGone(run, keptText(wanted, kept))
    }
    return answer(
      true,
      files.map((file) => {
        if (file.state !== 'there') return NOTHING
        const { size, offset, bytes } = file
        // An offset behind the end is moved to it: the file was cut since it was given.
        const next = Math.min(offset, size) + bytes.length
        return {
          bytes,
          offset: Math.min(offset, size),
          next_offset: next,
          size_bytes: size,
          eof: next === size,
          truncated: isTail ? offset > 0 && countLines(bytes) < lines : next < size,
        }
      }),
    )
  } catch (error) {
    const isAway =
      isDgxError(error) && (error.code === 'not_connected' || error.code === 'connection_lost')
    if (!isAway) throw error
    return answer(false, await cached())
  }
}

function offsetOf(range: LogRange, stream: LogStream): number {
  return range.offset ?? range[`${stream}_offset`] ?? 0
}

function keptText(streams: readonly LogStream[], parts: LogBytes[]) {
  if (parts.every(({ bytes }) => bytes.length === 0)) return undefined
  return Object.fromEntries(
    parts.map(({ bytes, ...place }, i) => [streams[i], { text: bytes.toString('utf8'), ...place }]),
  )
}

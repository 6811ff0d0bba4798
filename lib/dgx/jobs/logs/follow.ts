import { runtime } from '../../runtime'
import type { LogEvent } from './answers'
import type { LogBytes } from './log-bytes'
import { PieceReader } from './piece-reader'
import { type RawLogs, readRawLogs } from './read'
import { findLogRun } from './run'
import { hasOffset, LOG_STREAMS, type LogStream, type LogsQuery } from './schema'

type RawEvent = Exclude<LogEvent, { type: 'log' }> | ({ stream: LogStream; type: 'bytes' } & Piece)
type Piece = Pick<LogBytes, 'bytes' | 'offset'>

const PING_EVERY_MS = 15_000
/** A job that waits has its changes told; this is for one that was missed. */
const LOOK_EVERY_MS = 5_000

type FollowOptions = {
  id: string
  signal: AbortSignal
  /** Leaves out what is too much, so that it is always the newest that is given. */
  skips?: boolean
} & LogsQuery

/**
 * A run's log and then what is added to it, until the run has ended and everything was given, the
 * caller returns, or `signal` aborts. A job that has not run yet is waited for. A lost connection is
 * told and gone on from.
 * @throws DgxError as `readLogs`; what comes later is thrown in the loop
 */
export async function followLogs(
  options: FollowOptions,
): Promise<AsyncGenerator<LogEvent, void, undefined>> {
  return toText(await followBytes(options), options)
}

/** The same as the bytes of one stream, as they are in the file. */
export async function followRawLog(
  options: FollowOptions,
): Promise<AsyncGenerator<Buffer, void, undefined>> {
  const events = await followBytes(options)
  return (async function* () {
    for await (const event of events) if (event.type === 'bytes') yield event.bytes
  })()
}

async function* toText(
  events: AsyncGenerator<RawEvent, void, undefined>,
  options: FollowOptions,
): AsyncGenerator<LogEvent, void, undefined> {
  const isTail = !hasOffset(options)
  const pieces = {
    stdout: new PieceReader({ ...options, isTail }),
    stderr: new PieceReader({ ...options, isTail }),
  }
  for await (const event of events) {
    if (event.type === 'end') {
      for (const stream of LOG_STREAMS) {
        const rest = pieces[stream].finish()
        if (rest) yield { type: 'log', stream, ...rest }
      }
      yield event
    } else if (event.type === 'bytes') {
      const { stream, bytes, offset } = event
      const piece = pieces[stream].read(bytes, offset)
      if (piece) yield { type: 'log', stream, ...piece }
    } else yield event
  }
}

async function followBytes(
  options: FollowOptions,
): Promise<AsyncGenerator<RawEvent, void, undefined>> {
  const first = await readRawLogs(options)
  return events(first, options)
}

async function* events(
  first: RawLogs,
  options: FollowOptions,
): AsyncGenerator<RawEvent, void, undefined> {
  const { signal } = options
  const { job_id } = first
  const attempt = first.attempt || (yield* untilItRuns(job_id, signal))
  if (attempt === null) return
  const { reachable, from_cache } = first
  yield { type: 'start', job_id, attempt, reachable, from_cache }
  const places: Partial<Record<LogStream, number>> = {}
  for (const stream of LOG_STREAMS) {
    const part = first[stream]
    if (!part) continue
    places[stream] = part.next_offset
    if (part.bytes.length > 0)
      yield { type: 'bytes', stream, bytes: part.bytes, offset: part.offset }
  }
  const run = await findLogRun({ id: job_id, attempt: attempt || undefined })
  if (attempt === 0) return yield endOf(run)
  const reader = runtime().logFollowers.open({
    ...{ run, places, isReachable: reachable },
    skips: options.skips ?? false,
  })
  const close = () => reader.close()
  signal.addEventListener('abort', close, { once: true })
  if (signal.aborted) close()
  try {
    for (;;) {
      const event = await reader.next(PING_EVERY_MS)
      if (event === null) return
      if (event === 'idle') yield ping()
      else if (event.type === 'ended') return yield endOf(event.run)
      else yield event
    }
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}

/** The attempt once there is one; 0 when it ended before it ran; null when the caller is gone. */
async function* untilItRuns(
  id: string,
  signal: AbortSignal,
): AsyncGenerator<RawEvent, number | null, undefined> {
  const jobs = runtime().hub.subscribe()
  jobs.topics.add('jobs')
  const close = () => jobs.close()
  signal.addEventListener('abort', close, { once: true })
  let quietSince = Date.now()
  try {
    while (!signal.aborted) {
      const run = await findLogRun({ id })
      if (run.attempt > 0 || run.has_ended) return run.attempt
      if (Date.now() - quietSince >= PING_EVERY_MS) {
        quietSince = Date.now()
        yield ping()
      }
      if ((await jobs.next(LOOK_EVERY_MS)) === null) return null
    }
    return null
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}

const ping = () => ({ type: 'ping' as const, at: new Date().toISOString() })

function endOf(run: Omit<Extract<LogEvent, { type: 'end' }>, 'type'>): RawEvent {
  const { attempt, status, phase, end_reason, exit_code, exit_signal } = run
  return { type: 'end', attempt, status, phase, end_reason, exit_code, exit_signal }
}

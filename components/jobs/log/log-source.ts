import type { Logs } from '@/lib/dgx/jobs/logs/answers'
import { type ApiError, callApi } from '../../api'
import type { LogStream } from './log-text'

/** Calls of the logs API, of one attempt of a job. */
export type LogRun = { jobId: string; attempt: number }

export type LogBytes = {
  bytes: Uint8Array
  offset: number
  nextOffset: number
  size: number
  isReachable: boolean
}

/** What can be read at once; a screen is a few KiB. */
export const READ_BYTES = 64 * 1024
const TAIL_LINES = 600

/** Carries the failure of the API, so that the caller can show it. */
export class LogFailure extends Error {
  constructor(readonly failure: ApiError) {
    super(failure.error)
  }
}

const pathOf = ({ jobId }: LogRun, rest: string) => `/api/dgx/jobs/${jobId}/logs${rest}`

/** The exact bytes of one stream: from `offset` on, or its end. @throws LogFailure */
export async function readBytes(
  run: LogRun,
  stream: LogStream,
  at: { offset: number; bytes: number } | 'end',
): Promise<LogBytes> {
  const query = new URLSearchParams({ stream, format: 'raw', attempt: String(run.attempt) })
  if (at === 'end') query.set('tail', String(TAIL_LINES))
  else query.set('offset', String(at.offset))
  query.set('max_bytes', String(Math.max(16, at === 'end' ? READ_BYTES : at.bytes)))
  const response = await fetch(pathOf(run, `?${query}`)).catch(() => null)
  if (!response) throw new LogFailure(OFFLINE)
  if (!response.ok) throw new LogFailure((await response.json()) as ApiError)
  const header = (name: string) => response.headers.get(`x-log-${name}`)
  return {
    bytes: new Uint8Array(await response.arrayBuffer()),
    offset: Number(header('offset')),
    nextOffset: Number(header('next-offset')),
    size: Number(header('size')),
    isReachable: header('reachable') === 'true',
  }
}

/** The end of both streams as text. @throws LogFailure */
export async function readTails(run: LogRun): Promise<Logs> {
  const query = new URLSearchParams({ progress: 'keep', attempt: String(run.attempt) })
  query.set('tail', String(TAIL_LINES))
  query.set('max_bytes', String(READ_BYTES))
  const result = await callApi<Logs>('GET', `jobs/${run.jobId}/logs?${query}`)
  if (!result.ok) throw new LogFailure(result.failure)
  return result.data
}

export type LogMatch = { stream: LogStream; offset: number; line: string }
export type LogMatches = { matches: LogMatch[]; truncated: boolean; timed_out: boolean }

const MOST_MATCHES = 500

/** Searches on the machine, the matches in the order of their places. */
export function searchLog(run: LogRun, stream: LogStream | 'both', query: string) {
  const params = new URLSearchParams({ query, stream, ignore_case: 'true' })
  params.set('limit', String(MOST_MATCHES))
  params.set('attempt', String(run.attempt))
  return callApi<LogMatches>('GET', `jobs/${run.jobId}/logs/search?${params}`)
}

const OFFLINE: ApiError = {
  code: 'offline',
  error: 'The app does not answer. Is it still running? Start it and try again.',
}

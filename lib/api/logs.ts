import { downloadLog, followLogs, followRawLog, readLogs, readRawLogs } from '../dgx'
import { DgxError } from '../dgx/errors'
import type { LogDownloadQuery, LogsQuery } from '../dgx/jobs/logs/schema'
import type { ApiRequest } from './route-function'
import { bytesResponse, streamResponse } from './stream'

type Ask<Query> = { id: string; query: Query; request: ApiRequest; signal: AbortSignal }

/** A log as JSON, as its exact bytes (`format=raw`, `Accept: text/plain`), or followed as either. */
export async function logsAnswer({ id, query, request, signal }: Ask<LogsQuery>) {
  const options = { id, ...query, signal }
  // A HEAD would follow for nobody.
  const isFollowing = query.follow && request.method !== 'HEAD'
  if (!isRaw(query, request)) {
    if (!isFollowing) return readLogs(options)
    return streamResponse(request, 'ndjson', await followLogs(options))
  }
  const { stream } = query
  if (stream === 'both') {
    throw new DgxError(
      'invalid_request',
      'Bytes are of one stream: add stream=stdout or stream=stderr.',
      { details: [{ path: 'stream', message: 'must be stdout or stderr' }] },
    )
  }
  const headers = { 'content-type': rawType(request) }
  if (isFollowing) return bytesResponse(await followRawLog(options), headers)
  const { [stream]: part, ended, reachable } = await readRawLogs(options)
  return new Response(part && new Uint8Array(part.bytes), {
    headers: {
      ...headers,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'x-log-offset': String(part?.offset),
      'x-log-next-offset': String(part?.next_offset),
      'x-log-size': String(part?.size_bytes),
      'x-log-eof': String(part?.eof),
      'x-log-ended': String(ended),
      'x-log-reachable': String(reachable),
    },
  })
}

/** A whole log as a file to save. */
export async function logDownload({ id, query, signal }: Omit<Ask<LogDownloadQuery>, 'request'>) {
  const { file_name, size_bytes, bytes } = await downloadLog({ id, ...query, signal })
  const plain = file_name.replace(/[^\w. -]/g, '_')
  return bytesResponse(bytes, {
    'content-type': 'application/octet-stream',
    // Next sends no content-length with a stream.
    'x-log-size': String(size_bytes),
    'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(file_name)}`,
  })
}

function isRaw(query: LogsQuery, request: ApiRequest): boolean {
  if (query.format) return query.format === 'raw'
  return /text\/plain|application\/octet-stream/.test(request.headers.get('accept') ?? '')
}

const rawType = (request: ApiRequest): string =>
  request.headers.get('accept')?.includes('octet-stream')
    ? 'application/octet-stream'
    : 'text/plain; charset=utf-8'

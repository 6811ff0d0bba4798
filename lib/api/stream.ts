import { failureBody } from './envelope'
import { requestId } from './request-id'
import type { ApiRequest } from './route-function'

type StreamFormat = 'ndjson' | 'events'

const CONTENT_TYPES: Record<StreamFormat, string> = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  events: 'text/event-stream; charset=utf-8',
}

/** What the caller asked for; null for one JSON answer. */
export function streamFormat(request: ApiRequest): StreamFormat | null {
  const accept = request.headers.get('accept') ?? ''
  if (accept.includes('application/x-ndjson')) return 'ndjson'
  return accept.includes('text/event-stream') ? 'events' : null
}

/**
 * Where a reader that was cut off goes on: server-sent events carry the time of their sample as
 * their id, and a browser's EventSource and others send the last one they saw. It is newer than
 * the `since` of an address that is opened again.
 */
export function resumePoint(request: ApiRequest): { since?: number } {
  const id = request.headers.get('last-event-id') ?? ''
  return /^\d{1,15}$/.test(id) ? { since: Number(id) } : {}
}

/**
 * Sends events as lines of JSON or as server-sent events, no faster than the reader takes them.
 * A failure in the middle is the last event, `{type: 'error', ...}`, in the envelope's shape.
 * @param idOf where a reader of server-sent events that saw this one would go on
 */
export function streamResponse<T extends { type: string }>(
  request: ApiRequest,
  format: StreamFormat,
  events: AsyncGenerator<T, void, undefined>,
  idOf: (event: T) => number | null = () => null,
): Response {
  const encoder = new TextEncoder()
  const encode = (event: { type: string }, id: number | null = null) => {
    const json = JSON.stringify(event)
    const idLine = id === null ? '' : `id: ${id}\n`
    return encoder.encode(
      format === 'ndjson' ? `${json}\n` : `${idLine}event: ${event.type}\ndata: ${json}\n\n`,
    )
  }
  let hasLeft = false
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await events.next()
        if (hasLeft) return
        if (done) controller.close()
        else controller.enqueue(encode(value, idOf(value)))
      } catch (error) {
        if (hasLeft) return
        controller.enqueue(encode({ type: 'error', ...failureBody(error, requestId(request)) }))
        controller.close()
      }
    },
    async cancel() {
      hasLeft = true
      await events.return()
    },
  })
  return new Response(body, {
    headers: {
      'content-type': CONTENT_TYPES[format],
      // `no-transform` keeps compression from holding events back.
      'cache-control': 'no-store, no-transform',
    },
  })
}

/** Sends bytes as they come, no faster than the reader takes them. A failure cuts the answer off. */
export function bytesResponse(
  bytes: AsyncGenerator<Buffer, void, undefined>,
  headers: Record<string, string>,
): Response {
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await bytes.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await bytes.return()
    },
  })
  return new Response(body, {
    headers: {
      // What a job printed is data, whatever it looks like.
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store, no-transform',
      ...headers,
    },
  })
}

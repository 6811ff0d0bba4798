import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import type { ApiRequest, RouteFunction } from './route-function'

/**
 * Answers a POST whose path is `path` by the route's own function, without the way through Next,
 * which takes longer than all that this program does for a short command. The guard and the key
 * were checked before; everything else is in the function.
 * @param path its first group is the `id`, still encoded, as Next gives it
 * @returns what `server.mjs` calls; false when the request is Next's
 */
export function directPost(path: RegExp, handle: RouteFunction) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const { pathname, href } = new URL(request.url ?? '/', 'http://localhost')
    const id = path.exec(pathname)?.[1]
    if (request.method !== 'POST' || id === undefined) return false
    const caller = new AbortController()
    response.once('close', () => {
      if (!response.writableFinished) caller.abort(new Error('the caller hung up'))
    })
    const answer = await handle(toRequest(href, request, caller.signal), {
      params: Promise.resolve({ id }),
    })
    response.statusCode = answer.status
    for (const [name, value] of answer.headers) response.setHeader(name, value)
    const isWhole = answer.headers.get('content-type')?.startsWith('application/json')
    if (isWhole || !answer.body) {
      response.end(await answer.text())
      return true
    }
    const body = Readable.fromWeb(answer.body as NodeReadableStream)
    // A reader that leaves in the middle is no failure: the stream was cancelled with it.
    await pipeline(body, response).catch((error: unknown) => {
      if (!response.destroyed) throw error
    })
    return true
  }
}

function toRequest(url: string, request: IncomingMessage, signal: AbortSignal): ApiRequest {
  // Names come in lower case, as Node keeps them.
  const get = (name: string) => request.headers[name]?.toString() ?? null
  return {
    method: 'POST',
    url,
    headers: { get, has: (name) => get(name) !== null },
    signal,
    // Bytes as they come; the body's reader counts them.
    body: request,
  }
}

import { etagOf, isUnchanged } from './etag'
import type { Operation } from './operation'
import type { ApiRequest, RouteFunction } from './route-function'
import { readFields, selectFields, shapeOf } from './select-fields'
import { textOf } from './text-table'

/**
 * A read as its caller wants it: only some `fields`, as a table of text, waited for with `Prefer`,
 * and not at all (304) where it has not changed. Streams and files pass through.
 */
export function presented(operation: Operation, answer: RouteFunction): RouteFunction {
  const { returns, table, meta } = operation
  const isRecord = !meta && returns && shapeOf(returns)?.['updated_at'] !== undefined
  return async (request, context) => {
    const url = new URL(request.url)
    const [text, ...more] = url.searchParams.getAll('fields')
    // One that is given twice is left to the reader of the query, which names it.
    if (more.length === 0) url.searchParams.delete('fields')
    const fields = text !== undefined && returns ? readFields(text, returns) : null
    const waited = preferWait(operation, request, url)
    const { method, headers: asked, signal } = request
    const response = await answer(
      { method, url: url.href, headers: asked, signal, body: null },
      context,
    )
    if (waited) response.headers.set('preference-applied', waited)
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    if (response.status !== 200 || !isJson) return response

    const headers = new Headers(response.headers)
    headers.set('vary', 'accept')
    let body = await response.text()
    const isText = wantsText(request)
    let updatedAt: unknown
    // A long answer that is given as it is costs no reading.
    if (isText || fields || isRecord) {
      const whole = JSON.parse(body)
      if (isRecord) updatedAt = whole.data?.updated_at
      const data = fields ? selectFields(whole.data, fields) : whole.data
      const columns = fields?.map((path) => path.join('.'))
      if (isText) body = textOf({ ...whole, data, table: columns ? { columns } : table })
      else if (fields) body = JSON.stringify({ ...whole, data })
    }
    if (isText) headers.set('content-type', 'text/plain; charset=utf-8')
    const etag = etagOf(body, updatedAt)
    headers.set('etag', etag)
    if (!isUnchanged(request, etag)) return new Response(body, { headers })
    headers.delete('content-type')
    return new Response(null, { status: 304, headers })
  }
}

function wantsText(request: ApiRequest): boolean {
  const accept = request.headers.get('accept') ?? ''
  return accept.includes('text/plain') && !accept.includes('json')
}

/** `Prefer: wait=10` (RFC 7240) stands for the parameter that an operation waits by. */
function preferWait({ waits }: Operation, request: ApiRequest, url: URL): string | null {
  const seconds = /(?:^|[\s,;])wait=(\d{1,6})\b/i.exec(request.headers.get('prefer') ?? '')?.[1]
  if (!waits || seconds === undefined || url.searchParams.has(waits.by)) return null
  const applied = String(Math.min(Number(seconds), waits.most_s))
  url.searchParams.set(waits.by, applied)
  return `wait=${applied}`
}

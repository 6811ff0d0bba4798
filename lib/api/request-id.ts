import { randomUUID } from 'node:crypto'

/** Set by the server on every request; a request that did not come through it gets its own. */
export function requestId(request: Request): string {
  return request.headers.get('x-request-id') ?? randomUUID()
}

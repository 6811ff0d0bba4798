import { randomUUID } from 'node:crypto'
import type { ApiRequest } from './route-function'

/** Set by the server on every request; a request that did not come through it gets its own. */
export function requestId(request: ApiRequest): string {
  return request.headers.get('x-request-id') ?? randomUUID()
}

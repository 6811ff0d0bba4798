import { createHash } from 'node:crypto'
import type { ApiRequest } from './route-function'

/**
 * Names an answer by its bytes, and in front of that its record by when it was last changed, so that
 * `If-Match` is about the record and not about what its machine meanwhile did.
 * @param updatedAt of the record, ISO 8601; anything else for an answer that is no record
 */
export function etagOf(body: string, updatedAt: unknown): string {
  const version = typeof updatedAt === 'string' ? Date.parse(updatedAt).toString(36) : ''
  return `"${version}.${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
}

/** Whether the caller has this answer already. */
export function isUnchanged(request: ApiRequest, etag: string): boolean {
  return tagsIn(request.headers.get('if-none-match')).some((tag) => tag === '*' || tag === etag)
}

/** Whether the record is still the one that the caller saw last. */
export function isAsSeen(request: ApiRequest, etag: string): boolean {
  const recordOf = (tag: string) => (tag.startsWith('".') ? tag : tag.split('.')[0])
  return tagsIn(request.headers.get('if-match')).some(
    (tag) => tag === '*' || recordOf(tag) === recordOf(etag),
  )
}

/** Without the mark of a weak one, which a proxy sets that compresses. */
function tagsIn(header: string | null): string[] {
  return header?.match(/\*|"[^"]*"/g) ?? []
}

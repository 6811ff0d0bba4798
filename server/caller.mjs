/**
 * Tells whoever answers a request who asks. The header travels with the request, through Next and
 * around it; one that comes from outside is removed before anything else.
 */
import { pathnameOf } from './target.mjs'

/**
 * @typedef {import('node:http').IncomingMessage} Request
 * @typedef {import('../lib/dgx/caller').Caller} Caller
 */

export const CALLER_HEADER = 'x-dgx-caller'

/**
 * By which way a request comes. Our pages send no key, so that one with a key is a program, whatever
 * else it says of itself.
 * @param {Request} request
 * @returns {Caller['via']}
 */
export function viaOf({ url, headers }) {
  if (pathnameOf(url) === '/mcp') return 'mcp'
  const hasKey = headers['x-api-key'] !== undefined || /^bearer /i.test(headers.authorization ?? '')
  const isOfPage = headers['sec-fetch-site'] !== undefined || headers.origin !== undefined
  if (isOfPage && !hasKey) return 'browser'
  return headers['user-agent']?.startsWith('dgx-cli/') ? 'cli' : 'api'
}

/**
 * @param {Request} request
 * @param {Pick<import('./authorize.mjs').Identity, 'named'> | null} identity null for who needs none
 */
export function nameCaller(request, identity) {
  const named = identity?.named
  const client = (request.headers['user-agent'] ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, 100)
  /** @type {Caller} */
  const caller = {
    via: viaOf(request),
    key: named ? { id: named.id, name: named.name } : null,
    scope: named?.scope ?? (identity ? 'admin' : 'read'),
    client: client || null,
  }
  request.headers[CALLER_HEADER] = asciiJson(caller)
}

/** Names have any letters, headers only ASCII. @param {unknown} value */
function asciiJson(value) {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

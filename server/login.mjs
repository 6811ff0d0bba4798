/** `POST /api/login` and `/api/logout`: here and not in Next, beside the check they belong to. */
import { KEY_MISSING } from './authorize.mjs'
import { refuse, sendJson } from './responses.mjs'

const MAX_BODY_BYTES = 8 * 1024

const TOO_MANY = {
  status: 429,
  code: 'too_busy',
  message: 'Too many wrong keys. Wait a minute, then try again.',
  retryAfterS: 60,
}
const TOO_LARGE = {
  status: 413,
  code: 'payload_too_large',
  message: 'The body is too large for a key.',
}
const NO_KEY = {
  status: 400,
  code: 'invalid_request',
  message: 'Send {"key": "..."} with the API_SERVER_KEY.',
}
const WRONG_KEY = {
  status: 401,
  code: 'unauthorized',
  message: 'The key is wrong. It is the value of API_SERVER_KEY on the server.',
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @returns {Promise<string | null>} null when it is too large
 */
async function readBody(request) {
  const chunks = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * A path and query of this server, so that a link cannot send the person elsewhere. Read as a
 * browser reads it: for one, a backslash or a tab after the first slash names another host.
 * @param {string | null} next
 */
export function safeNext(next) {
  const base = 'http://this.invalid'
  if (!next?.startsWith('/') || !URL.canParse(next, base)) return '/'
  const { origin, pathname, search } = new URL(next, base)
  // Without its dot segments `/.//host` has become `//host`.
  return origin === base && !pathname.startsWith('//') ? pathname + search : '/'
}

/** @param {string} body */
function readKeyOfJson(body) {
  try {
    const { key } = JSON.parse(body)
    return typeof key === 'string' ? key : null
  } catch {
    return null
  }
}

/**
 * Takes `{"key": "..."}`, or a form with `key` and `next`, which is answered with a redirect.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {import('./authorize.mjs').KeyCheck} keys
 */
export async function logIn(request, response, keys) {
  const body = await readBody(request)
  if (body === null) return refuse(response, TOO_LARGE)
  const type = request.headers['content-type'] ?? ''
  const form = type.startsWith('application/x-www-form-urlencoded')
    ? new URLSearchParams(body)
    : null
  const key = form ? (form.get('key') ?? '') : readKeyOfJson(body)
  if (key === null) return refuse(response, NO_KEY)

  const { isThrottled } = keys
  const cookie = isThrottled ? null : keys.logIn(key)
  if (cookie) response.setHeader('set-cookie', cookie)
  if (form) {
    const next = safeNext(form.get('next'))
    const failed = `/login?failed=${isThrottled ? 'wait' : '1'}&next=${encodeURIComponent(next)}`
    response.writeHead(303, { location: cookie ? next : failed }).end()
  } else if (cookie) {
    sendJson(response, 200, { success: true, data: { logged_in: true } })
  } else if (isThrottled) {
    refuse(response, TOO_MANY)
  } else {
    refuse(response, WRONG_KEY)
  }
}

/** @param {import('node:http').ServerResponse} response @param {import('./authorize.mjs').KeyCheck} keys */
export function logOut(response, keys) {
  response.setHeader('set-cookie', keys.logOutCookie)
  sendJson(response, 200, { success: true, data: { logged_in: false } })
}

/**
 * Answers a request that brings no right key.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {import('./responses.mjs').Refusal} refusal
 */
export function refuseUnauthorized(request, response, refusal) {
  const wantsPage =
    refusal === KEY_MISSING &&
    request.method === 'GET' &&
    (request.headers.accept ?? '').includes('text/html')
  const path = request.url ?? '/'
  if (wantsPage && !path.startsWith('/api/')) {
    response.writeHead(303, { location: `/login?next=${encodeURIComponent(safeNext(path))}` }).end()
    return
  }
  response.setHeader('www-authenticate', 'Bearer')
  refuse(response, refusal)
}

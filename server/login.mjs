/** `POST /api/login` and `/api/logout`: here and not in Next, beside the check they belong to. */
import { sendError, sendJson } from './responses.mjs'

const MAX_BODY_BYTES = 8 * 1024

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

/** A path of this server, so that a link cannot send the person elsewhere. @param {string | null} next */
function safeNext(next) {
  return next?.startsWith('/') && !/^\/[/\\]/.test(next) && !/[\r\n]/.test(next) ? next : '/'
}

/**
 * Takes `{"key": "..."}` or a form with `key` and `next`.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {import('./authorize.mjs').KeyCheck} keys
 */
export async function logIn(request, response, keys) {
  if (keys.isThrottled) {
    response.setHeader('retry-after', '60')
    return sendError(
      response,
      429,
      'too_busy',
      'Too many wrong keys. Wait a minute, then try again.',
    )
  }
  const body = await readBody(request)
  if (body === null)
    return sendError(response, 413, 'payload_too_large', 'The body is too large for a key.')
  const isForm = (request.headers['content-type'] ?? '').startsWith(
    'application/x-www-form-urlencoded',
  )
  let key
  let next = '/'
  if (isForm) {
    const form = new URLSearchParams(body)
    key = form.get('key') ?? ''
    next = safeNext(form.get('next'))
  } else {
    try {
      key = JSON.parse(body).key
    } catch {
      key = undefined
    }
    if (typeof key !== 'string') {
      return sendError(
        response,
        400,
        'invalid_request',
        'Send {"key": "..."} with the API_SERVER_KEY.',
      )
    }
  }
  const cookie = keys.logIn(key)
  if (cookie) response.setHeader('set-cookie', cookie)
  if (isForm) {
    const failed = `/login?failed=1&next=${encodeURIComponent(next)}`
    response.writeHead(303, { location: cookie ? next : failed }).end()
  } else if (cookie) {
    sendJson(response, 200, { success: true, data: { logged_in: true } })
  } else {
    sendError(
      response,
      401,
      'unauthorized',
      'The key is wrong. It is the value of API_SERVER_KEY on the server.',
    )
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
 */
export function refuseUnauthorized(request, response) {
  const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html')
  const path = request.url ?? '/'
  if (wantsPage && !path.startsWith('/api/')) {
    response.writeHead(303, { location: `/login?next=${encodeURIComponent(safeNext(path))}` }).end()
    return
  }
  response.setHeader('www-authenticate', 'Bearer')
  sendError(
    response,
    401,
    'unauthorized',
    'This server needs its API key. Send it as "X-API-Key: KEY" or "Authorization: Bearer KEY", or log in at /login.',
  )
}

/** Who may come in when `API_SERVER_KEY` is set. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

const OPEN_PATHS = ['/api/health', '/login', '/api/login', '/icon.svg', '/favicon.ico']
// Next resolves dot segments, so a path that can climb out again is no static file.
const STATIC_FILE = /^\/_next\/static\/(?:(?!\.\.|%2e|%2f|%5c|\\).)+$/i
const GUESSES_PER_MINUTE = 10

/** @type {import('./responses.mjs').Refusal} */
export const UNAUTHORIZED = {
  status: 401,
  code: 'unauthorized',
  message:
    'This server needs its API key. Send it as "X-API-Key: KEY" or "Authorization: Bearer KEY", or log in at /login.',
}

/** Equal lengths and constant time, whatever was sent. @param {string} a @param {string} b */
function isSame(a, b) {
  const digest = (/** @type {string} */ text) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

export class KeyCheck {
  #key
  #session
  /** @type {number[]} times of wrong guesses */
  #guesses = []

  /** @param {{key: string | null, port: number}} options */
  constructor({ key, port }) {
    this.#key = key
    // No store of sessions: whoever has this value had the key, and a new key ends them all.
    this.#session =
      key === null ? '' : createHmac('sha256', key).update('dgx session').digest('base64url')
    // Cookies ignore ports, so the name carries it.
    this.cookieName = `dgx_session_${port}`
  }

  get isOn() {
    return this.#key !== null
  }

  /** @param {string} pathname */
  isOpen(pathname) {
    return OPEN_PATHS.includes(pathname) || STATIC_FILE.test(pathname)
  }

  /** The header brings the key. @param {import('node:http').IncomingHttpHeaders} headers */
  hasKey(headers) {
    if (this.#key === null) return false
    const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
    const header = headers['x-api-key']
    const given = typeof header === 'string' ? header : bearer
    return given !== undefined && isSame(given, this.#key)
  }

  /**
   * Who asks, by a key in the header or the browser's session; null when they may not come in.
   * @param {import('node:http').IncomingHttpHeaders} headers
   * @returns {Pick<import('../lib/dgx/caller').Caller, 'key' | 'scope'> | null}
   */
  identify(headers) {
    const isOwner = this.#key === null || this.hasKey(headers) || this.#hasSession(headers)
    return isOwner ? { key: null, scope: 'admin' } : null
  }

  /** @param {import('node:http').IncomingHttpHeaders} headers */
  #hasSession(headers) {
    return (headers.cookie ?? '').split(';').some((part) => {
      const [name, ...value] = part.trim().split('=')
      return name === this.cookieName && isSame(value.join('='), this.#session)
    })
  }

  /** Too many wrong keys in the last minute. */
  get isThrottled() {
    const since = Date.now() - 60_000
    this.#guesses = this.#guesses.filter((at) => at > since)
    return this.#guesses.length >= GUESSES_PER_MINUTE
  }

  /**
   * The cookie for a right key; null for a wrong one.
   * @param {string} key
   */
  logIn(key) {
    if (this.#key === null || !isSame(key, this.#key)) {
      this.#guesses.push(Date.now())
      return null
    }
    return `${this.cookieName}=${this.#session}; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000`
  }

  get logOutCookie() {
    return `${this.cookieName}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0`
  }
}

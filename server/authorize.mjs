/** Who may come in, and as whom. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

const OPEN_PATHS = ['/api/health', '/login', '/api/login', '/icon.svg', '/favicon.ico']
// Next resolves dot segments, so a path that can climb out again is no static file.
const STATIC_FILE = /^\/_next\/static\/(?:(?!\.\.|%2e|%2f|%5c|\\).)+$/i
const GUESSES_PER_MINUTE = 10
const NAMED_KEY = 'dgx_'

/**
 * @typedef {import('./responses.mjs').Refusal} Refusal
 * @typedef {import('../lib/dgx/keys/ring').HeldKey} HeldKey
 * @typedef {import('../lib/dgx/keys/ring').KeyRing} KeyRing
 *
 * Who asks, as far as keys tell.
 * @typedef {object} Identity
 * @property {HeldKey | null} named the named key that the request brings
 * @property {boolean} hasKey it brings a right key in a header, named or not
 */

/** @type {Refusal} */
export const KEY_MISSING = {
  status: 401,
  code: 'unauthorized',
  message:
    'This server needs an API key. Send it as "X-API-Key: KEY" or "Authorization: Bearer KEY", or log in at /login.',
}
/** @type {Refusal} */
const KEY_WRONG = {
  status: 401,
  code: 'unauthorized',
  message:
    'The API key is wrong, or it was revoked. Ask for a new one; keys are made at /settings or with "dgx keys create".',
}

/** Equal lengths and constant time, whatever was sent. @param {string} a @param {string} b */
function isSame(a, b) {
  const digest = (/** @type {string} */ text) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** The key in a header. @param {import('node:http').IncomingHttpHeaders} headers */
function keyIn(headers) {
  const header = headers['x-api-key']
  if (typeof header === 'string') return header
  return /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
}

export class KeyCheck {
  #key
  #session
  #ring
  /** @type {number[]} times of wrong guesses */
  #guesses = []

  /**
   * @param {object} options
   * @param {string | null} options.key the API_SERVER_KEY
   * @param {number} options.port
   * @param {() => Promise<KeyRing | undefined>} options.ring the named keys, once they are loaded
   */
  constructor({ key, port, ring }) {
    this.#key = key
    this.#ring = ring
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

  /**
   * A key in a header decides; else the browser's session; else, where no API_SERVER_KEY is set,
   * anybody who can reach this computer's loopback is its user. A named key that is wrong is
   * refused there too, so that whose key was revoked notices.
   * @param {import('node:http').IncomingHttpHeaders} headers
   * @returns {Promise<Identity | {refusal: Refusal}>}
   */
  async identify(headers) {
    const given = keyIn(headers)
    if (given !== undefined && this.#key !== null && isSame(given, this.#key)) {
      return { named: null, hasKey: true }
    }
    if (given?.startsWith(NAMED_KEY)) {
      const named = (await this.#ring())?.use(given)
      return named ? { named, hasKey: true } : { refusal: KEY_WRONG }
    }
    if (this.#key === null) return { named: null, hasKey: false }
    if (given !== undefined) return { refusal: KEY_WRONG }
    return this.#hasSession(headers) ? { named: null, hasKey: false } : { refusal: KEY_MISSING }
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

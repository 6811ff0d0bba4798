/**
 * Keeps other web pages out. Any page that the user opens can send requests to loopback, so
 * every request and upgrade is looked at before anything else sees it:
 *
 * 1. `Host` must be a name of this server (else a page has rebound its own name to 127.0.0.1);
 * 2. `Sec-Fetch-Site`, which browsers set and pages cannot, must not name another site or port;
 * 3. `Origin`, when present, must be this very origin;
 * 4. a WebSocket without `Origin` comes from no browser, and must bring the API key.
 *
 * Programs such as curl send neither header and pass. See docs/decisions/0002-request-guard.md.
 */
import net from 'node:net'
import os from 'node:os'
import { isLoopback } from '../lib/config.mjs'

/**
 * @typedef {object} GuardRules
 * @property {number} port
 * @property {string} host the address that the server is bound to
 * @property {readonly string[]} allowedHosts further host names, lower case
 *
 * @typedef {import('./responses.mjs').Refusal} Refusal
 *
 * @typedef {object} RequestFacts
 * @property {string | undefined} method
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {readonly string[]} [rawHeaders]
 * @property {boolean} isUpgrade
 * @property {boolean} hasKey the request brings the right API key
 */

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']

/**
 * The host name and port of a Host header; null when it is not just that.
 * @param {string} host
 */
function parseHost(host) {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(\d{1,5}))?$/i.exec(host)
  if (!match?.[1]) return null
  return { name: match[1].toLowerCase(), port: match[2] ? Number(match[2]) : 80 }
}

/** @param {string} name @param {GuardRules} rules */
function isOurName(name, rules) {
  if (LOOPBACK_NAMES.includes(name)) return true
  if (isLoopback(rules.host)) return name === rules.host
  // Bound to more than loopback: an address cannot be rebound, a name must be one of ours.
  return (
    net.isIP(name.replace(/^\[|\]$/g, '')) !== 0 ||
    name === rules.host.toLowerCase() ||
    name === os.hostname().toLowerCase() ||
    rules.allowedHosts.includes(name)
  )
}

/** How often a header was sent; Node keeps only the first Host. @param {readonly string[] | undefined} raw */
function countHosts(raw) {
  return raw ? raw.filter((text, i) => i % 2 === 0 && text.toLowerCase() === 'host').length : 1
}

/**
 * Null when the request may pass. Never throws, whatever the headers hold.
 * @param {RequestFacts} request
 * @param {GuardRules} rules
 * @returns {Refusal | null}
 */
export function checkRequest(request, rules) {
  const { headers } = request
  const host = typeof headers.host === 'string' ? headers.host : ''
  const parsed = countHosts(request.rawHeaders) <= 1 ? parseHost(host) : null
  if (!parsed || parsed.port !== rules.port || !isOurName(parsed.name, rules)) {
    return {
      status: 403,
      code: 'forbidden_host',
      message: `The Host header "${printable(host)}" is not this server. Open http://127.0.0.1:${rules.port}${isLoopback(rules.host) ? '' : ', or add the name to ALLOWED_HOSTS'}.`,
    }
  }
  const site = headers['sec-fetch-site']
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  // `none` is the person themselves: an address typed, a bookmark. That only ever reads.
  if (site !== undefined && site !== 'same-origin' && !(site === 'none' && isRead)) {
    return refuseOrigin(
      `a page of another site or port (Sec-Fetch-Site: ${printable(String(site))})`,
    )
  }
  const { origin } = headers
  if (origin !== undefined && origin !== `http://${host}`) {
    return refuseOrigin(`the origin "${printable(String(origin))}"`)
  }
  if (request.isUpgrade && origin === undefined && !request.hasKey) {
    return refuseOrigin('a WebSocket without Origin and without the API key')
  }
  return null
}

/** @param {string} who @returns {Refusal} */
function refuseOrigin(who) {
  return {
    status: 403,
    code: 'forbidden_origin',
    message: `Requests from ${who} are refused. Use this program's own pages, or call it from a program that sends no Origin.`,
  }
}

/** @param {string} text */
function printable(text) {
  return text.slice(0, 100).replace(/[^\x20-\x7e]/g, '?')
}

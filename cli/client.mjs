/** The public HTTP API, as a program on this computer calls it. */
import { createRequire } from 'node:module'

export const { version } = createRequire(import.meta.url)('../package.json')

/** The answer was a failure of the API, or there was none. `code` is one of docs/api.md. */
export class ApiFailure extends Error {
  /**
   * @param {string} message
   * @param {{code?: string | undefined, status?: number, data?: unknown}} [facts]
   */
  constructor(message, { code, status, data } = {}) {
    super(message)
    this.code = code
    this.status = status
    this.data = data
  }
}

/** The command line is wrong. */
export class UsageFailure extends Error {}

/** What a caller may add. @typedef {{body?: unknown, headers?: Record<string, string>, signal?: AbortSignal | undefined}} Options */

export class Client {
  /** @param {{url?: string | undefined, key?: string | undefined}} [options] */
  constructor({ url = 'http://127.0.0.1:3939', key } = {}) {
    if (!/^https?:/i.test(url) || !URL.canParse(url))
      throw new UsageFailure(
        `The address of the app must be like http://127.0.0.1:3939, not "${url}". It comes from --url or DGX_URL.`,
      )
    this.url = url.replace(/\/+$/, '')
    this.key = key
  }

  /**
   * @param {string} method
   * @param {string} path below `/api/dgx/`
   * @param {Options} options
   * @returns {Promise<Response>} of success
   * @throws {ApiFailure}
   */
  async send(method, path, { body, headers = {}, signal }) {
    const response = await fetch(`${this.url}/api/dgx/${path}`, {
      method,
      headers: {
        'user-agent': `dgx-cli/${version}`,
        ...(this.key ? { authorization: `Bearer ${this.key}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    }).catch((error) => {
      if (signal?.aborted) throw error
      throw new ApiFailure(
        `Nothing answers at ${this.url} (${error.cause?.code ?? error.message}). Start the app with "npm start", or set DGX_URL.`,
        { code: 'unreachable', data: error.cause?.code },
      )
    })
    if (response.ok) return response
    const text = await response.text()
    throw failureOf(text, response.status, this.url)
  }

  /**
   * One answer: its `data` and `meta`.
   * @param {string} method
   * @param {string} path
   * @param {Options} [options]
   */
  async call(method, path, options = {}) {
    const response = await this.send(method, path, options)
    const text = await response.text()
    try {
      const { data, meta } = JSON.parse(text)
      return { data, meta }
    } catch {
      throw notOurs(response.status, this.url)
    }
  }

  /** @param {string} path @param {Options} [options] */
  async get(path, options) {
    return (await this.call('GET', path, options)).data
  }

  /**
   * Every item of a list, whatever its number of pages.
   * @param {string} path with or without a query
   * @returns {AsyncGenerator<any>}
   */
  async *list(path) {
    for (let cursor = ''; ; ) {
      const separator = path.includes('?') ? '&' : '?'
      const at = cursor && `&cursor=${encodeURIComponent(cursor)}`
      const { data, meta } = await this.call('GET', `${path}${separator}limit=200${at}`)
      yield* data
      cursor = meta?.next_cursor
      if (!cursor) return
    }
  }

  /**
   * Events as they come; a failure in the middle is thrown.
   * @param {string} method
   * @param {string} path
   * @param {Options} [options]
   * @returns {AsyncGenerator<any>}
   */
  async *stream(method, path, options = {}) {
    const response = await this.send(method, path, {
      ...options,
      headers: { ...options.headers, accept: 'application/x-ndjson' },
    })
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of response.body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const event = JSON.parse(line)
        if (event.type === 'error') throw failureOf(line, response.status, this.url)
        yield event
      }
    }
  }
}

/** @param {string} text @param {number} status @param {string} url */
function failureOf(text, status, url) {
  try {
    const { error, code, data, details = [] } = JSON.parse(text)
    const more = details.slice(1).map((/** @type {any} */ d) => `\n  ${d.path}: ${d.message}`)
    return new ApiFailure(`${error}${more.join('')}`, { code, status, data })
  } catch {
    return notOurs(status, url)
  }
}

/** @param {number} status @param {string} url */
const notOurs = (status, url) =>
  new ApiFailure(
    `${url} answered ${status}, not as DGX Command Center does. Set DGX_URL to where the app is.`,
    { status },
  )

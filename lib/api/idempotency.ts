import { createHash } from 'node:crypto'
import { z } from 'zod'
import { database } from '../db/client'
import { DgxError } from '../dgx/errors'
import { readBytes } from './body'
import type { ApiRequest, RouteFunction } from './route-function'

const KEPT_MS = 24 * 3_600_000
/** The largest limit of any handler; each checks its own again. */
const MAX_BODY_BYTES = 20 * 1024 * 1024
const storedHeaders = z.record(z.string(), z.string())

// On globalThis because each of Next's bundles has its own copy of this module.
const KEY = Symbol.for('dgx.idempotency')
type Holder = { [KEY]?: Map<string, { hash: string; kept: Promise<Kept | null> }> }

/** An answer that can be given again. */
type Kept = { status: number; headers: Record<string, string>; body: string }

/** Answers under way, so that the same request sent twice at once runs once. */
function underWay() {
  const holder = globalThis as Holder
  holder[KEY] ??= new Map()
  return holder[KEY]
}

/**
 * Gives a POST with an Idempotency-Key its first answer again for 24 h. The same key with another
 * request is a 409. Failures and streams are not kept, so that they can be retried.
 */
export function answerOnce(handle: RouteFunction): RouteFunction {
  return async (request, context) => {
    const key = request.headers.get('idempotency-key')
    if (key === null) return handle(request, context)
    if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
      throw new DgxError(
        'invalid_request',
        'Idempotency-Key must be 1 to 255 visible ASCII characters.',
      )
    }
    const bytes = await readBytes(request, MAX_BODY_BYTES)
    const { pathname, search } = new URL(request.url)
    const hash = createHash('sha256')
      .update(`${request.method} ${pathname}${search}\n`)
      .update(bytes)
      .digest('hex')

    const running = underWay().get(key)
    if (running) {
      refuseOther(key, running.hash, hash)
      return replay((await running.kept) ?? refuseSecondReader(key))
    }
    const first = firstAnswer({ key, hash, run: () => handle(withBody(request, bytes), context) })
    const kept = first.then((answer) => answer.kept)
    // Its failure is this request's own; nobody else may be waiting for it.
    kept.catch(() => {})
    underWay().set(key, { hash, kept })
    try {
      return (await first).response
    } finally {
      underWay().delete(key)
    }
  }
}

/** For a POST whose answer must not be stored. */
export function refuseToRepeat(handle: RouteFunction): RouteFunction {
  return async (request, context) => {
    if (request.headers.has('idempotency-key')) {
      throw new DgxError(
        'invalid_request',
        'This answer holds a secret that is stored nowhere, so it cannot be given again. Send no Idempotency-Key.',
      )
    }
    return handle(request, context)
  }
}

/** `kept` is null for what cannot be given again: a second copy of a stream would never end. */
async function firstAnswer(options: {
  key: string
  hash: string
  run: () => Promise<Response>
}): Promise<{ response: Response; kept: Kept | null }> {
  const { key, hash, run } = options
  const db = database()
  const since = new Date(Date.now() - KEPT_MS)
  const stored = await db.idempotencyKey.findUnique({ where: { key } })
  if (stored && stored.created_at > since) {
    refuseOther(key, stored.request_hash, hash)
    const { status, body } = stored
    const kept = { status, body, headers: storedHeaders.parse(stored.headers) }
    return { response: replay(kept), kept }
  }
  const response = await run()
  const isStream = !response.headers.get('content-type')?.startsWith('application/json')
  if (response.status >= 500 || isStream) return { response, kept: null }
  const kept = {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.clone().text(),
  }
  const row = { ...kept, request_hash: hash, created_at: new Date() }
  await db.idempotencyKey.deleteMany({ where: { created_at: { lt: since } } })
  await db.idempotencyKey.upsert({ where: { key }, create: { key, ...row }, update: row })
  return { response, kept }
}

function refuseSecondReader(key: string): never {
  throw new DgxError(
    'idempotency_conflict',
    `The first request with the Idempotency-Key ${key} is answered as a stream, which has one reader. Use a new key to run it again.`,
  )
}

function refuseOther(key: string, first: string, now: string): void {
  if (first === now) return
  throw new DgxError(
    'idempotency_conflict',
    `The Idempotency-Key ${key} was used for another request within 24 h. Use a new key for a new request.`,
  )
}

function replay({ status, headers, body }: Kept): Response {
  return new Response(body, { status, headers: { ...headers, 'idempotency-replayed': 'true' } })
}

/** Not spread: what a `Request` has are getters. */
function withBody(request: ApiRequest, bytes: Uint8Array): ApiRequest {
  const { method, url, headers, signal } = request
  return { method, url, headers, signal, body: [bytes] }
}

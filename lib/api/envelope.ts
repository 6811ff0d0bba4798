import { DgxError, isDgxError } from '../dgx/errors'
import type { Page } from '../dgx/pagination'
import { log } from '../log'
import { RETRY_AFTER_S, STATUS } from './status'

const HEADERS = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }

/** What a handler may give instead of plain data. */
export type Answer<T = unknown, M = unknown> = {
  data: T
  meta?: M
  status?: number
  headers?: Record<string, string>
}

const ANSWERS = new WeakSet<object>()

/** Data with a status, headers or `meta` of its own. */
export function answer<T, M = never>(parts: Answer<T, M>): Answer<T, M> {
  ANSWERS.add(parts)
  return parts
}

/** 201 with the new thing's address. */
export function created<T>(location: string, data: T): Answer<T, never> {
  return answer({ data, status: 201, headers: { location } })
}

/** A page of a list. */
export function page<T>(list: Page<T>): Answer<T[], Omit<Page<T>, 'items'>> {
  const { items, ...meta } = list
  return answer({ data: items, meta })
}

/** Gives its text at once; a plain one reads it from a stream. */
class JsonResponse extends Response {
  readonly #json: string

  constructor(value: unknown, init: ResponseInit) {
    const json = JSON.stringify(value)
    super(json, init)
    this.#json = json
  }

  override async text(): Promise<string> {
    return this.#json
  }
}

export function success(value: unknown): Response {
  const { data, meta, status = 200, headers = {} } = partsOf(value)
  return new JsonResponse(
    { success: true, data: data ?? null, ...(meta ? { meta } : {}) },
    { status, headers: { ...HEADERS, ...headers } },
  )
}

/** What a handler gave, without what goes around it. */
export const dataOf = (value: unknown): unknown => partsOf(value).data

function partsOf(value: unknown): Answer {
  const isAnswer = typeof value === 'object' && value !== null && ANSWERS.has(value)
  return isAnswer ? (value as Answer) : { data: value }
}

/** The body of a failure; what is not a `DgxError` is our bug and says nothing of its inside. */
export function failureBody(error: unknown, requestId: string) {
  const known = isDgxError(error) ? error : undefined
  if (!known) log.error({ err: error, request_id: requestId }, 'request failed')
  const { code, message, details, data } =
    known ??
    new DgxError(
      'internal',
      `Something broke in this program. Its log has the cause under request ${requestId}; please report it.`,
    )
  return {
    success: false as const,
    error: message,
    code,
    ...(details ? { details } : {}),
    ...(data === undefined ? {} : { data }),
    request_id: requestId,
  }
}

export function failure(
  error: unknown,
  requestId: string,
  headers: Record<string, string> = {},
): Response {
  const body = failureBody(error, requestId)
  const seconds = RETRY_AFTER_S[body.code]
  const retry: Record<string, string> = seconds ? { 'retry-after': String(seconds) } : {}
  return Response.json(body, {
    status: STATUS[body.code],
    headers: { ...HEADERS, ...retry, ...headers },
  })
}

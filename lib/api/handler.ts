import { z } from 'zod'
import { DgxError } from '../dgx/errors'
import type { Asker } from '../dgx/safety/gate'
import { audited, auditedEvents, auditedRefusal } from './audited'
import { DEFAULT_BODY_LIMIT_BYTES, readJson } from './body'
import { beyondScope, callerOf } from './caller'
import { checkAnswer, checkEvents, isChecking } from './check-answer'
import { type Answer, failure, success } from './envelope'
import { answerOnce, refuseToRepeat } from './idempotency'
import { changedAsSeen } from './if-match'
import { isRepeatable, type Operation, scopeOf } from './operation'
import { decodeParams, parse, readQuery } from './parse'
import { presented } from './present'
import { requestId } from './request-id'
import type { ApiRequest, RouteFunction } from './route-function'
import { streamFormat, streamResponse } from './stream'

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type Method = (typeof METHODS)[number]

/** A function with the description of what it does; one that answers 405 has none. */
export type Described = { operation?: Operation | undefined }

type Handler = RouteFunction & { operation: Operation }

type Input<P, Q, B> = {
  params: P
  query: Q
  body: B
  request: ApiRequest
  signal: AbortSignal
  asker: Asker
  /** The body as it came. */
  sent: unknown
  /** What is to be told of it beside that. */
  told: Record<string, unknown>
}
type Events<E> = AsyncGenerator<E, void, undefined>

/** `:id` of the path: an id or an exact name. */
export const idParams = z.object({
  id: z.string().min(1).max(400).describe('An id, or an exact name; ids win.'),
})

// Made once: to make a schema takes longer than to parse with it.
const NO_PARAMS = z.object({})
const NO_QUERY = z.strictObject({})

/** For a POST that needs nothing said. */
export const noBody = z.strictObject({})

/**
 * Makes a handler of a description and one call: parses path, query and body, answers what `run`
 * gives in the envelope (or a `Response` as it is), and every error as the contract says.
 * @param run null for what is always a stream
 * @param stream answers instead when the caller asks for a stream of `events`
 */
export function handler<
  P extends z.ZodType = z.ZodObject,
  Q extends z.ZodType = z.ZodObject,
  B extends z.ZodType = z.ZodUndefined,
  R extends z.ZodType = z.ZodUnknown,
  M extends z.ZodType = z.ZodUnknown,
  E extends z.ZodType<unknown, { type: string }> = z.ZodType<unknown, { type: string }>,
>(
  operation: Operation & {
    params?: P
    query?: Q
    body?: B
    returns?: R
    meta?: M
    events?: E
    eventId?: (event: z.input<E>) => number | null
  },
  run:
    | ((
        input: Input<z.output<P>, z.output<Q>, z.output<B>>,
      ) => Promise<z.input<R> | Answer<z.input<R>, z.input<M>> | Response>)
    | null,
  stream?: (
    input: Input<z.output<P>, z.output<Q>, z.output<B>>,
  ) => Promise<Events<z.input<E>>> | Events<z.input<E>>,
): Handler {
  const perform = run && audited(operation, run)
  const open = stream && auditedEvents(operation, stream)
  const answer: RouteFunction = async (request, context) => {
    const path = decodeParams((await context.params) ?? {})
    const params = parse(operation.params ?? NO_PARAMS, path, 'path')
    const query = parse(operation.query ?? NO_QUERY, readQuery(request), 'query')
    let sent: unknown
    let body: unknown
    if (operation.body) {
      sent = await readJson(request, operation.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES)
      body = parse(operation.body, sent ?? (request.method === 'POST' ? {} : undefined), 'body')
    }
    const { signal } = request
    const told: Record<string, unknown> = {}
    const asker: Asker = {
      caller: callerOf(request),
      signal,
      onAllowed: (by) => void Object.assign(told, by),
    }
    const input = {
      params: params as z.output<P>,
      query: query as z.output<Q>,
      body: body as z.output<B>,
      request,
      asker,
      signal,
      sent,
      told,
    }
    const format = streamFormat(request) ?? (run ? null : 'events')
    if (open && format) {
      const events = await open(input)
      const checked = isChecking ? checkEvents(operation, events) : events
      return streamResponse(request, format, checked, operation.eventId)
    }
    const value = await perform?.(input)
    return value instanceof Response ? value : success(value)
  }
  return Object.assign(isChecking ? checkAnswer(operation, answer) : answer, {
    operation,
  })
}

/**
 * The exports of a route file. Methods it lacks answer 405 with `Allow`; a POST may carry an
 * Idempotency-Key, a PUT or DELETE the ETag of its GET; HEAD is GET without a body, where GET is no
 * stream.
 */
export function route(
  handlers: Partial<Record<Method, Handler>>,
): Record<Method, RouteFunction & Described> & Record<'HEAD' | 'OPTIONS', RouteFunction> {
  const allowed = [
    ...METHODS.filter((method) => handlers[method]),
    ...(handlers.GET ? ['HEAD'] : []),
    'OPTIONS',
  ]
  const allow = allowed.join(', ')
  const notAllowed: RouteFunction = async (request) =>
    failure(
      new DgxError(
        'method_not_allowed',
        `${request.method} is not possible at ${new URL(request.url).pathname}. Use ${allow}.`,
      ),
      requestId(request),
      { allow },
    )
  const guarded =
    (handle: RouteFunction): RouteFunction =>
    async (request, context) => {
      try {
        return await handle(request, context)
      } catch (error) {
        return failure(error, requestId(request))
      }
    }
  const head: RouteFunction = async (request, context) => {
    const get = handlers.GET
    if (!get) return notAllowed(request, context)
    // A stream that nobody reads would never end.
    if (!get.operation.returns) return new Response(null)
    const { status, headers } = await guarded(permitted('GET', get, read(get)))(request, context)
    return new Response(null, { status, headers })
  }
  const wrapped = (method: Method, handle: Handler): RouteFunction => {
    if (method === 'GET') return read(handle)
    if (method === 'POST')
      return isRepeatable(handle.operation, method) ? answerOnce(handle) : refuseToRepeat(handle)
    return handlers.GET ? changedAsSeen(read(handlers.GET), handle) : handle
  }
  const forMethod = (method: Method): RouteFunction & Described => {
    const handle = handlers[method]
    if (!handle) return notAllowed
    const { operation } = handle
    const answer = permitted(method, handle, wrapped(method, handle))
    return Object.assign(guarded(answer), { operation })
  }
  const listMethods: RouteFunction = async () =>
    new Response(null, { status: 204, headers: { allow } })
  return {
    GET: forMethod('GET'),
    POST: forMethod('POST'),
    PUT: forMethod('PUT'),
    PATCH: forMethod('PATCH'),
    DELETE: forMethod('DELETE'),
    HEAD: guarded(head),
    OPTIONS: listMethods,
  }
}

/**
 * For callers whose scope suffices. Around everything else: an answer that was stored for one caller
 * is not for another with less.
 */
function permitted(method: Method, { operation }: Handler, answer: RouteFunction): RouteFunction {
  const needed = scopeOf(operation, method)
  return async (request, context) => {
    const refusal = operation.isOpen ? null : beyondScope(callerOf(request), needed, operation.id)
    if (!refusal) return answer(request, context)
    const params = decodeParams((await context.params) ?? {})
    return auditedRefusal(operation, { request, params }, refusal)
  }
}

/** A GET of JSON as its caller wants it. */
function read(handle: Handler): RouteFunction {
  return handle.operation.returns ? presented(handle.operation, handle) : handle
}

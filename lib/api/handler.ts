import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { DgxError, type ErrorDetail } from '../dgx/errors'
import { DEFAULT_BODY_LIMIT_BYTES, readJson } from './body'
import { failure, success } from './envelope'
import { answerOnce } from './idempotency'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
type Method = (typeof METHODS)[number]

type RouteContext = { params: Promise<Record<string, string | string[] | undefined>> }
type RouteFunction = (request: Request, context: RouteContext) => Promise<Response>

type Schemas<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = {
  params?: P
  query?: Q
  body?: B
  bodyLimitBytes?: number
}

type Input<P, Q, B> = { params: P; query: Q; body: B; request: Request; signal: AbortSignal }

type Handler = (request: Request, context: RouteContext) => Promise<Response>

/** `:id` of the path: an id or an exact name. */
export const idParams = z.object({ id: z.string().min(1).max(400) })

/** For a POST that needs nothing said. */
export const noBody = z.strictObject({})

/**
 * Makes a handler of schemas and one call: parses path, query and body, answers what `run` gives
 * in the envelope (or a `Response` as it is), and every error as the contract says.
 */
export function handler<
  P extends z.ZodType = z.ZodObject,
  Q extends z.ZodType = z.ZodObject,
  B extends z.ZodType = z.ZodUndefined,
>(
  schemas: Schemas<P, Q, B>,
  run: (input: Input<z.output<P>, z.output<Q>, z.output<B>>) => Promise<unknown>,
): Handler {
  return async (request, context) => {
    const params = parse(schemas.params ?? z.object({}), await decodedParams(context), 'path')
    const query = parse(schemas.query ?? z.strictObject({}), readQuery(request), 'query')
    let body: unknown
    if (schemas.body) {
      const json = await readJson(request, schemas.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES)
      body = parse(schemas.body, json ?? (request.method === 'POST' ? {} : undefined), 'body')
    }
    const value = await run({
      params: params as z.output<P>,
      query: query as z.output<Q>,
      body: body as z.output<B>,
      request,
      signal: request.signal,
    })
    return value instanceof Response ? value : success(value)
  }
}

/**
 * The exports of a route file. Methods it lacks answer 405 with `Allow`; a POST may carry an
 * Idempotency-Key; HEAD is GET without a body, where GET is no stream.
 */
export function route(
  handlers: Partial<Record<Method, Handler>>,
  options: { isStream?: boolean } = {},
): Record<Method | 'HEAD' | 'OPTIONS', RouteFunction> {
  const allowed = [
    ...METHODS.filter((method) => handlers[method]),
    ...(handlers.GET ? ['HEAD'] : []),
    'OPTIONS',
  ]
  const allow = allowed.join(', ')
  const notAllowed: Handler = async (request) =>
    failure(
      new DgxError('method_not_allowed', `${request.method} is not possible here. Use ${allow}.`),
      requestId(request),
      { allow },
    )
  const guarded =
    (handle: Handler): RouteFunction =>
    async (request, context) => {
      try {
        return await handle(request, context)
      } catch (error) {
        return failure(error, requestId(request))
      }
    }
  const head: Handler = async (request, context) => {
    const get = handlers.GET
    if (!get) return notAllowed(request, context)
    if (options.isStream) return new Response(null)
    const { status, headers } = await guarded(get)(request, context)
    return new Response(null, { status, headers })
  }
  const forMethod = (method: Method): RouteFunction => {
    const handle = handlers[method]
    if (!handle) return notAllowed
    return guarded(method === 'POST' ? answerOnce(handle) : handle)
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

/** Set by the server on every request; a request that did not come through it gets its own. */
export function requestId(request: Request): string {
  return request.headers.get('x-request-id') ?? randomUUID()
}

async function decodedParams(context: RouteContext): Promise<Record<string, unknown>> {
  const params = (await context.params) ?? {}
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      try {
        return [name, typeof value === 'string' ? decodeURIComponent(value) : value]
      } catch {
        throw new DgxError('invalid_request', `The path has a broken escape (%): ${value}.`)
      }
    }),
  )
}

function readQuery(request: Request): Record<string, string> {
  const query: Record<string, string> = Object.create(null)
  for (const [name, value] of new URL(request.url).searchParams) {
    if (name in query) {
      throw invalid('query', [{ path: name, message: 'is given more than once' }])
    }
    query[name] = value
  }
  return query
}

function parse<S extends z.ZodType>(
  schema: S,
  value: unknown,
  where: 'path' | 'query' | 'body',
): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw invalid(
    where,
    result.error.issues.flatMap((issue) => toDetails(issue, value)),
  )
}

function toDetails(issue: z.core.$ZodIssue, value: unknown): ErrorDetail[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key].join('.'),
      message: 'is not a field here',
    }))
  }
  if (issue.code === 'invalid_type' && value === undefined && path.length === 0) {
    return [{ path: '', message: 'is empty; send a JSON object' }]
  }
  if (issue.code === 'invalid_type' && valueAt(value, issue.path) === undefined) {
    return [{ path: path.join('.'), message: 'is required' }]
  }
  return [{ path: path.join('.'), message: issue.message }]
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  )
}

/** What was sent may be long; the answer that complains of it is not. */
const MOST_DETAILS = 50
const LONGEST_PATH = 200

function invalid(where: string, issues: ErrorDetail[]): DgxError {
  const details = issues.map(({ path, message }) => ({
    path: path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path,
    message,
  }))
  const [first] = details
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : ''
  return new DgxError(
    'invalid_request',
    `${first?.path ? `"${first.path}" of the ${where}` : `The ${where}`} ${first?.message}${more}.`.replace(
      /\.\.$/,
      '.',
    ),
    { details: details.slice(0, MOST_DETAILS) },
  )
}

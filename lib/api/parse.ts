import { z } from 'zod'
import { DgxError, type ErrorDetail } from '../dgx/errors'
import type { ApiRequest } from './route-function'

/** The parameters of a path, which Next gives as they were sent. @throws DgxError invalid_request */
export function decodeParams(params: Record<string, unknown>): Record<string, unknown> {
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

/** The parameters of a query. @throws DgxError invalid_request for one that is given twice */
export function readQuery(request: ApiRequest): Record<string, string> {
  const query: Record<string, string> = Object.create(null)
  for (const [name, value] of new URL(request.url).searchParams) {
    if (name in query) {
      throw invalid('query', [{ path: name, message: 'is given more than once' }])
    }
    query[name] = value
  }
  return query
}

/** @throws DgxError invalid_request that names each wrong field, as a part of `where` */
export function parse<S extends z.ZodType>(
  schema: S,
  value: unknown,
  where: 'path' | 'query' | 'body',
): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw invalid(
    where,
    // A field whose name is misspelt is missing, too: the cause first.
    [
      ...result.error.issues.filter(isUnknownField),
      ...result.error.issues.filter((issue) => !isUnknownField(issue)),
    ]
      // A list in a query is one text: which part of it is wrong is no name of a parameter.
      .map((issue) => (where === 'query' ? { ...issue, path: issue.path.slice(0, 1) } : issue))
      .flatMap((issue) => toDetails(issue, value, schema)),
  )
}

const isUnknownField = (issue: z.core.$ZodIssue) => issue.code === 'unrecognized_keys'

function toDetails(issue: z.core.$ZodIssue, value: unknown, schema: z.ZodType): ErrorDetail[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    const known = path.length === 0 ? fieldsOf(schema) : []
    const message = `is not a field here${known.length > 0 ? `; there are: ${known.join(', ')}` : ''}`
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message }))
  }
  if (issue.code === 'invalid_type' && value === undefined && path.length === 0) {
    return [{ path: '', message: 'is empty; send a JSON object' }]
  }
  if (issue.code === 'invalid_type' && valueAt(value, issue.path) === undefined) {
    return [{ path: path.join('.'), message: 'is required' }]
  }
  return [{ path: path.join('.'), message: issue.message }]
}

/** As they are described, whatever becomes of them once they are read. */
function fieldsOf(schema: z.ZodType): string[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return Object.keys(properties)
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

import { z } from 'zod'
import type { Scope } from '../dgx/caller'
import { ERROR_CODES, type ErrorCode } from '../dgx/errors'
import { envelopeOf } from './check-answer'
import { type Described, METHODS, type Method } from './handler'
import { exampleOf, type JsonSchema, resolve, SchemaWriter } from './json-schema'
import { MEANING } from './meaning'
import {
  type Content,
  HEADERS,
  type OpenApi,
  type OperationObject,
  PARAMETERS,
  type Parameter,
  type Reference,
  type ResponseObject,
} from './openapi-document'
import { errorsOf, isRepeatable, type Operation, scopeOf } from './operation'
import { RETRY_AFTER_S, STATUS } from './status'

/** Routes that belong together, by path; `{id}` stands for what differs. */
export type Section = {
  name: string
  description: string
  /** What the examples have in the place of `{id}`. */
  exampleId?: string
  routes: Record<string, Partial<Record<Method, Described>>>
}

/** The description of the whole API, as OpenAPI 3.1. */
export function openApi(options: {
  version: string
  description: string
  sections: readonly Section[]
}): OpenApi {
  const schemas = new SchemaWriter()
  schemas.write(failureSchema, 'output')
  const responses: Record<string, ResponseObject> = {}
  const paths: OpenApi['paths'] = {}
  for (const section of options.sections) {
    for (const [path, route] of Object.entries(section.routes)) {
      paths[path] = {}
      for (const method of METHODS) {
        const operation = route[method]?.operation
        if (!operation) continue
        paths[path][method.toLowerCase()] = describeOperation({
          operation,
          method,
          isRecord: route.GET?.operation !== undefined,
          section,
          schemas,
          shared: responses,
        })
      }
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'DGX Command Center',
      version: options.version,
      summary: 'NVIDIA DGX machines: SSH, GPU metrics, projects and training jobs.',
      description: options.description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This server.' }],
    security: securityOf(),
    tags: options.sections.map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      schemas: schemas.components,
      parameters: PARAMETERS,
      headers: HEADERS,
      responses,
      securitySchemes: {
        ApiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'X-API-Key',
          description:
            'Needed when `API_SERVER_KEY` is set: that key, or a named one whose scope reaches the one in the list.',
        },
        Bearer: { type: 'http', scheme: 'bearer', description: 'The same key.' },
      },
    },
  }
}

/** With the scope that a named key must have, as the role that OpenAPI lets one list. */
function securityOf(...scopes: Scope[]): Record<string, string[]>[] {
  return [{}, { ApiKey: scopes }, { Bearer: scopes }]
}

const failureSchema = z
  .strictObject({
    success: z.literal(false),
    error: z.string().describe('What happened, to what, and the next step. It may change.'),
    code: z.enum(ERROR_CODES).describe('Test by this.'),
    details: z
      .array(
        z.strictObject({
          path: z.string().describe('Dotted, such as `ids.0`.'),
          message: z.string(),
        }),
      )
      .optional()
      .describe('What is wrong with the request, field by field.'),
    data: z
      .unknown()
      .optional()
      .describe('What there is in spite of the failure, such as the output of a lost command.'),
    request_id: z.string().describe('The log has the request under it.'),
  })
  .meta({ id: 'Failure' })

/** What comes instead of the rest of a stream. */
const streamFailure = failureSchema
  .extend({ type: z.literal('error') })
  .meta({ id: 'StreamFailure' })

const header = (name: keyof typeof HEADERS): Reference => ({ $ref: `#/components/headers/${name}` })

type Context = {
  operation: Operation
  method: string
  /** Its address has a GET, whose ETag says what a change is made to. */
  isRecord: boolean
  section: Section
  schemas: SchemaWriter
  /** Failures that many operations have in common. */
  shared: Record<string, ResponseObject>
}

function describeOperation(context: Context): OperationObject {
  const { operation, method, section, schemas } = context
  const { id, summary, description, body, isOpen } = operation
  const parameters = [
    ...parametersOf(operation.params, 'path', context),
    ...parametersOf(operation.query, 'query', context),
    ...conveniencesOf(context).map((name) => ({ $ref: `#/components/parameters/${name}` })),
  ]
  const schema = body && schemas.write(body, 'input')
  return {
    operationId: id,
    summary,
    ...(description ? { description } : {}),
    tags: [section.name],
    security: isOpen ? [] : securityOf(scopeOf(operation, method)),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(schema
      ? {
          requestBody: {
            required: method !== 'POST' || needsBody(schema, schemas),
            content: json(schema, schemas),
          },
        }
      : {}),
    responses: {
      ...successOf(context),
      ...(isRead(context) ? { 304: { description: 'As `If-None-Match` has it.' } } : {}),
      ...failuresOf(context),
      ...othersOf(context),
    },
  }
}

const isRead = ({ operation, method }: Context) =>
  method === 'GET' && operation.returns !== undefined
const isChange = ({ method, isRecord }: Context) =>
  isRecord && (method === 'PUT' || method === 'DELETE')

/** What the wrapper of every operation understands. */
function conveniencesOf(context: Context): (keyof typeof PARAMETERS)[] {
  return [
    ...(isRepeatable(context.operation, context.method) ? ['IdempotencyKey'] : []),
    ...(isRead(context) ? ['Fields', 'IfNoneMatch'] : []),
    ...(isChange(context) ? ['IfMatch'] : []),
    ...(context.operation.waits ? ['PreferWait'] : []),
  ]
}

function needsBody(schema: JsonSchema, { components }: SchemaWriter): boolean {
  return (resolve(schema, components).required ?? []).length > 0
}

function json(schema: JsonSchema, { components }: SchemaWriter): Content {
  return { 'application/json': { schema, example: exampleOf(schema, components) } }
}

function parametersOf(
  schema: z.ZodType | undefined,
  place: 'path' | 'query',
  { schemas, section }: Context,
): Parameter[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemas.write(schema, 'input')
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as JsonSchema
    const isRequired = required.includes(name)
    const example = name === 'id' ? section.exampleId : exampleOf(rest, schemas.components)
    return {
      name,
      in: place,
      required: isRequired,
      ...(description ? { description } : {}),
      schema: rest,
      ...(isRequired ? { example } : {}),
    }
  })
}

function successOf(context: Context): OperationObject['responses'] {
  const { operation, schemas } = context
  const { returns, events, files = {}, status = 200 } = operation
  const event = events && { schema: schemas.write(z.union([events, streamFailure]), 'output') }
  const headers = { 'X-Request-Id': header('RequestId') }
  const content: Content = {
    ...(returns ? json(schemas.write(envelopeOf(operation), 'output'), schemas) : {}),
    ...(event ? { 'application/x-ndjson': event, 'text/event-stream': event } : {}),
    ...Object.fromEntries(
      Object.entries(files).map(([type, example]) => [
        type,
        { schema: { type: typeof example === 'string' ? 'string' : 'object' }, example },
      ]),
    ),
  }
  if (isRead(context))
    content['text/plain'] = { schema: { type: 'string' }, ...content['text/plain'] }
  return {
    ...(operation.mayCreateNothing
      ? { 200: { description: 'Nothing was created.', headers, content } }
      : {}),
    [status]: {
      description: event
        ? 'The answer; as a stream each line of NDJSON, or the data of each server-sent event, is one of these.'
        : 'The answer.',
      headers: {
        ...headers,
        ...(isRead(context) ? { ETag: header('ETag') } : {}),
        ...(status === 201 ? { Location: header('Location') } : {}),
      },
      content,
    },
  }
}

function othersOf({ operation, schemas }: Context): OperationObject['responses'] {
  return Object.fromEntries(
    Object.entries(operation.others ?? {}).map(([status, { description, types = [], schema }]) => {
      const written = schema && json(schemas.write(schema, 'output'), schemas)['application/json']
      const content = written && Object.fromEntries(types.map((type) => [type, written]))
      return [status, { description, ...(content ? { content } : {}) }]
    }),
  )
}

function failuresOf(context: Context): OperationObject['responses'] {
  const { operation, method, shared } = context
  const byStatus = new Map<number, ErrorCode[]>()
  const codes = errorsOf(operation, method)
  if (isChange(context)) codes.push('precondition_failed')
  for (const code of codes) {
    byStatus.set(STATUS[code], [...(byStatus.get(STATUS[code]) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => {
      const response = failureOf(codes)
      if (codes.length > 2) return [status, response]
      const name = codes.map(camel).join('Or')
      shared[name] = response
      return [status, { $ref: `#/components/responses/${name}` }]
    }),
  )
}

function failureOf(codes: readonly ErrorCode[]): ResponseObject {
  const [code] = codes
  return {
    description: codes.map((name) => `\`${name}\`: ${MEANING[name]}`).join('\n\n'),
    headers: {
      'X-Request-Id': header('RequestId'),
      ...(codes.some((name) => RETRY_AFTER_S[name]) ? { 'Retry-After': header('RetryAfter') } : {}),
    },
    content: {
      'application/json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Failure' },
            { type: 'object', properties: { code: { enum: [...codes] } } },
          ],
        },
        example: {
          success: false,
          error: code && MEANING[code],
          code,
          request_id: '4a790a6e-5306-4968-9ceb-0c0e94cc4c1e',
        },
      },
    },
  }
}

const camel = (code: string) =>
  code.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())

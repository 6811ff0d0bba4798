import { z } from 'zod'
import { ERROR_CODES, type ErrorCode } from '../dgx/errors'
import { envelopeOf } from './check-answer'
import { type Described, METHODS, type Method } from './handler'
import { exampleOf, type JsonSchema, resolve, SchemaWriter } from './json-schema'
import { MEANING } from './meaning'
import { errorsOf, type Operation } from './operation'
import { STATUS } from './status'

/** Routes that belong together, by path; `{id}` stands for what differs. */
export type Section = {
  name: string
  description: string
  /** What the examples have in the place of `{id}`. */
  exampleId?: string
  routes: Record<string, Partial<Record<Method, Described>>>
}

export type Parameter = {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  description?: string
  schema: JsonSchema
  example?: unknown
}
type Reference = { $ref: string }
type Content = Record<string, { schema: JsonSchema; example?: unknown }>
export type ResponseObject = {
  description: string
  headers?: Record<string, { description: string; schema: JsonSchema } | Reference>
  content?: Content
}
export type OperationObject = {
  operationId: string
  summary: string
  description?: string
  tags: string[]
  parameters?: (Parameter | Reference)[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, ResponseObject | Reference>
  security?: Record<string, string[]>[]
}
export type OpenApi = {
  openapi: string
  info: {
    title: string
    version: string
    summary: string
    description: string
    license: { name: string; identifier: string }
  }
  servers: { url: string; description: string }[]
  security: Record<string, string[]>[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, OperationObject>>
  components: {
    schemas: Record<string, JsonSchema>
    parameters: Record<string, Parameter>
    headers: Record<string, { description: string; schema: JsonSchema }>
    responses: Record<string, ResponseObject>
    securitySchemes: Record<string, Record<string, string>>
  }
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
    security: [{}, { ApiKey: [] }, { Bearer: [] }],
    tags: options.sections.map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      schemas: schemas.components,
      parameters: { IdempotencyKey: IDEMPOTENCY_KEY },
      headers: HEADERS,
      responses,
      securitySchemes: {
        ApiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'X-API-Key',
          description: 'Needed when `API_SERVER_KEY` is set.',
        },
        Bearer: { type: 'http', scheme: 'bearer', description: 'The same key.' },
      },
    },
  }
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

const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'The same request with the same key gets its first answer again for 24 h, with `Idempotency-Replayed: true`. Failures and streams are not kept.',
  schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
}

const HEADERS: OpenApi['components']['headers'] = {
  RequestId: { description: 'The log has the request under it.', schema: { type: 'string' } },
  Location: { description: 'The address of what was created.', schema: { type: 'string' } },
  RetryAfter: { description: 'Seconds to wait.', schema: { type: 'integer' } },
}
const header = (name: keyof typeof HEADERS): Reference => ({ $ref: `#/components/headers/${name}` })

type Context = {
  operation: Operation
  method: string
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
    ...(method === 'POST' ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
  ]
  const schema = body && schemas.write(body, 'input')
  return {
    operationId: id,
    summary,
    ...(description ? { description } : {}),
    tags: [section.name],
    ...(isOpen ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(schema
      ? {
          requestBody: {
            required: method !== 'POST' || needsBody(schema, schemas),
            content: json(schema, schemas),
          },
        }
      : {}),
    responses: { ...successOf(context), ...failuresOf(context) },
  }
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

function successOf({ operation, schemas }: Context): OperationObject['responses'] {
  const { returns, events, files = {}, status = 200 } = operation
  const event = events && { schema: schemas.write(z.union([events, streamFailure]), 'output') }
  const headers = { 'X-Request-Id': header('RequestId') }
  const content = {
    ...(returns ? json(schemas.write(envelopeOf(operation), 'output'), schemas) : {}),
    ...(event ? { 'application/x-ndjson': event, 'text/event-stream': event } : {}),
    ...Object.fromEntries(
      Object.entries(files).map(([type, example]) => [
        type,
        { schema: { type: typeof example === 'string' ? 'string' : 'object' }, example },
      ]),
    ),
  }
  return {
    ...(operation.mayCreateNothing
      ? { 200: { description: 'Nothing was created.', headers, content } }
      : {}),
    [status]: {
      description: event
        ? 'The answer; as a stream each line of NDJSON, or the data of each server-sent event, is one of these.'
        : 'The answer.',
      headers: { ...headers, ...(status === 201 ? { Location: header('Location') } : {}) },
      content,
    },
  }
}

function failuresOf({ operation, method, shared }: Context): OperationObject['responses'] {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of errorsOf(operation, method)) {
    byStatus.set(STATUS[code], [...(byStatus.get(STATUS[code]) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => {
      const response = failureOf(status, codes)
      if (codes.length > 2) return [status, response]
      const name = codes.map(camel).join('Or')
      shared[name] = response
      return [status, { $ref: `#/components/responses/${name}` }]
    }),
  )
}

function failureOf(status: number, codes: readonly ErrorCode[]): ResponseObject {
  const [code] = codes
  return {
    description: codes.map((name) => `\`${name}\`: ${MEANING[name]}`).join('\n\n'),
    headers: {
      'X-Request-Id': header('RequestId'),
      ...(status === 429 ? { 'Retry-After': header('RetryAfter') } : {}),
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

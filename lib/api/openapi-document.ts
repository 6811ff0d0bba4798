import type { JsonSchema } from './json-schema'

/** The parts of an OpenAPI document that are used here. */

export type Parameter = {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  description?: string
  schema: JsonSchema
  example?: unknown
}
export type Reference = { $ref: string }
export type Content = Record<string, { schema: JsonSchema; example?: unknown }>
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

/** Parameters that the wrapper of every operation understands. */
export const PARAMETERS: Record<string, Parameter> = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'The same request with the same key gets its first answer again for 24 h, with `Idempotency-Replayed: true`. Failures and streams are not kept.',
    schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
  },
  Fields: {
    name: 'fields',
    in: 'query',
    description: 'Only these of `data`: `name,status`, `gpus.index`. Of a list, in each row.',
    schema: { type: 'string' },
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description: 'The ETag of an answer that you have: 304 when it is still the same.',
    schema: { type: 'string' },
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description:
      'The ETag of its GET: `precondition_failed` when the record was changed since. What only its machine did is no change.',
    schema: { type: 'string' },
  },
  PreferWait: {
    name: 'Prefer',
    in: 'header',
    description: '`wait=N`: at most so many seconds; `Preference-Applied` says how many.',
    schema: { type: 'string' },
  },
}

export const HEADERS: OpenApi['components']['headers'] = {
  RequestId: { description: 'The log has the request under it.', schema: { type: 'string' } },
  ETag: {
    description: 'Of this answer, for `If-None-Match`; of its record, for `If-Match`.',
    schema: { type: 'string' },
  },
  Location: { description: 'The address of what was created.', schema: { type: 'string' } },
  RetryAfter: { description: 'Seconds to wait.', schema: { type: 'integer' } },
}

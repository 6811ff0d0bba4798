import type { z } from 'zod'
import type { Scope } from '../dgx/caller'
import type { ErrorCode } from '../dgx/errors'
import type { Audited } from './audited'
import type { TextTable } from './text-table'

/**
 * What a handler reads and answers. The handler parses with these schemas, the tests check its
 * answers against them, and `openapi.ts` describes them.
 */
export type Operation = {
  /** `operationId`: never changes, clients are generated from it. */
  id: string
  /** What the audit trail says of it; every operation that changes something has one. */
  audit?: Audited
  /** A few words, without a full stop. */
  summary: string
  /** CommonMark: what the schemas cannot say. */
  description?: string
  /** Needs no key. */
  isOpen?: boolean
  /** What its caller must have; without it `read` for a GET and `run` for the rest. */
  scope?: Scope
  /** No answer of it is stored, so it takes no Idempotency-Key. */
  isUnrepeatable?: boolean
  params?: z.ZodType
  query?: z.ZodType
  body?: z.ZodType
  bodyLimitBytes?: number
  /** The `data` of the envelope. */
  returns?: z.ZodType
  /** The `meta` of the envelope. */
  meta?: z.ZodType
  status?: 200 | 201
  /** It may create nothing, and then answers 200. */
  mayCreateNothing?: boolean
  /** One event, where the answer can be asked for as a stream. */
  events?: z.ZodType
  /** Where a reader of server-sent events that saw this one would go on. */
  eventId?: (event: never) => number | null
  /** How it looks as text; without it a list has all its fields as columns. */
  table?: TextTable
  /** The parameter, in seconds, that `Prefer: wait` stands for. */
  waits?: { by: string; most_s: number }
  /** Answers outside the envelope: an example by media type. */
  files?: Record<string, unknown>
  /** Answers of another protocol, which stand for those that the envelope would have, by status. */
  others?: Record<number, { description: string; types?: readonly string[]; schema?: z.ZodType }>
  /** Failures of its own; see `errorsOf` for those that every operation has. */
  errors?: readonly ErrorCode[]
}

export function scopeOf(operation: Operation, method: string): Scope {
  return operation.scope ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'run')
}

/** Whether an Idempotency-Key makes it happen once. */
export function isRepeatable(operation: Operation, method: string): boolean {
  return method === 'POST' && !operation.isUnrepeatable
}

/** Every code that an operation can answer with. */
export function errorsOf(operation: Operation, method: string): ErrorCode[] {
  const own = operation.errors ?? []
  return [
    ...new Set<ErrorCode>([
      'invalid_request',
      'unauthorized',
      'forbidden_host',
      'forbidden_origin',
      ...(operation.isOpen ? [] : (['forbidden_scope', 'rate_limited'] as const)),
      'internal',
      ...(own.some((code) => code.endsWith('_not_found')) ? ['ambiguous_name' as const] : []),
      ...(isRepeatable(operation, method) ? ['idempotency_conflict' as const] : []),
      ...(operation.body || method === 'POST' ? ['payload_too_large' as const] : []),
      ...own,
    ]),
  ]
}

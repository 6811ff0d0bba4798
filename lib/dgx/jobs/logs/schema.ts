import { z } from 'zod'
import { queryFlag } from '../../fields'

export const LOG_STREAMS = ['stdout', 'stderr'] as const
export type LogStream = (typeof LOG_STREAMS)[number]

const offset = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const attempt = z.coerce.number().int().min(1).optional()

/** A character has at most four bytes, so that every piece gets on. */
const LEAST_BYTES = 16

export const logsQuery = z
  .strictObject({
    stream: z.enum(['stdout', 'stderr', 'both']).default('both'),
    attempt,
    tail: z.coerce.number().int().min(1).max(100_000).optional().describe('Lines from the end.'),
    offset: offset.optional().describe('Where to begin in the one stream that is asked for.'),
    stdout_offset: offset.optional(),
    stderr_offset: offset.optional(),
    max_bytes: z.coerce
      .number()
      .int()
      .min(LEAST_BYTES)
      .max(4 * 1024 * 1024)
      .default(256 * 1024)
      .describe('Of each stream.'),
    ansi: z.enum(['keep', 'strip']).default('keep'),
    progress: z.enum(['fold', 'keep']).default('fold'),
    follow: queryFlag,
    format: z.enum(['json', 'raw']).optional(),
  })
  .superRefine((query, context) => {
    const complain = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    const { stream } = query
    if (query.offset !== undefined && stream === 'both') {
      complain('offset', 'is of one stream: add stream=stdout or stream=stderr')
    }
    for (const other of LOG_STREAMS) {
      const name = `${other}_offset` as const
      if (query[name] !== undefined && stream !== 'both')
        complain(name, `is for stream=both; with stream=${stream} use offset`)
    }
    if (query.tail !== undefined && hasOffset(query))
      complain('tail', 'cannot be combined with an offset')
    if (query.format === 'raw' && stream === 'both')
      complain('stream', 'must be stdout or stderr for format=raw')
  })
export type LogsQuery = z.infer<typeof logsQuery>

export const hasOffset = (
  query: Partial<Record<'offset' | 'stdout_offset' | 'stderr_offset', number | undefined>>,
): boolean =>
  query.offset !== undefined ||
  query.stdout_offset !== undefined ||
  query.stderr_offset !== undefined

export const logDownloadQuery = z.strictObject({
  stream: z.enum(LOG_STREAMS).default('stdout'),
  attempt,
  offset: offset.default(0).describe('Goes on with a download that was cut off.'),
})
export type LogDownloadQuery = z.infer<typeof logDownloadQuery>

const contextLines = z.coerce.number().int().min(0).max(20).default(0)

export const logSearchQuery = z.strictObject({
  query: z
    .string()
    .min(1, 'is empty')
    .max(500, 'is longer than 500 characters')
    .refine((text) => !/[\0\n\r]/.test(text), 'must be one line'),
  regex: queryFlag,
  ignore_case: queryFlag,
  stream: z.enum(['stdout', 'stderr', 'both']).default('both'),
  attempt,
  limit: z.coerce.number().int().min(1).max(1_000).default(100).describe('Of each stream.'),
  before: contextLines,
  after: contextLines,
})
export type LogSearchQuery = z.infer<typeof logSearchQuery>

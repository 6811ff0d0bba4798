import { z } from 'zod'
import { type ErrorCode, MACHINE_ERRORS } from '../../errors'
import { LOG_STREAMS } from './schema'

export const LOG_ERRORS = [
  'job_not_found',
  'attempt_not_found',
  'job_not_managed',
  'log_gone',
  'exec_failed',
  ...MACHINE_ERRORS,
] as const satisfies readonly ErrorCode[]

const bytes = z.number().int().min(0)
const stream = z.enum(LOG_STREAMS)

/** Where a part of one stream's file is. */
const place = {
  offset: bytes.describe('Where the text begins in the file.'),
  next_offset: bytes.describe('Where to go on.'),
  size_bytes: bytes.describe('As it was last seen.'),
  eof: z
    .boolean()
    .describe('`next_offset` is the end of the file now. The job may write on: see `ended`.'),
  truncated: z
    .boolean()
    .describe('`max_bytes` left something out: before a tail, after anything else.'),
}
export const logPart = z.strictObject({ text: z.string(), ...place })
export type LogPart = z.infer<typeof logPart>

const run = {
  attempt: z.number().int().describe('0: it has not run yet.'),
  status: z.string().describe("The job's."),
  phase: z.string(),
  end_reason: z.string().nullable(),
  exit_code: z.number().nullable(),
  exit_signal: z.string().nullable(),
}

export const logs = z.strictObject({
  job_id: z.string(),
  ...run,
  ended: z.boolean().describe('Read after the text: with it, `eof` is the end for good.'),
  reachable: z.boolean(),
  from_cache: z.boolean().describe('The machine is away: this is what was kept here.'),
  stdout: logPart.nullable(),
  stderr: logPart.nullable(),
})
export type Logs = z.infer<typeof logs>

export const logEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('start'),
    job_id: z.string(),
    attempt: z.number().int(),
    reachable: z.boolean(),
    from_cache: z.boolean(),
  }),
  z.strictObject({
    type: z.literal('log'),
    stream,
    text: z.string(),
    offset: bytes,
    next_offset: bytes,
  }),
  z.strictObject({ type: z.literal('reachable'), reachable: z.boolean() }),
  z.strictObject({ type: z.literal('ping'), at: z.iso.datetime() }),
  z.strictObject({ type: z.literal('end'), ...run }),
])
/** What a followed log says, in order. */
export type LogEvent = z.infer<typeof logEvent>

export const logMatch = z.strictObject({
  stream,
  offset: bytes.describe(
    "Where the line begins in the file. A progress bar's `\\r` begins one too.",
  ),
  line: z.string(),
  before: z.array(z.string()),
  after: z.array(z.string()),
})
export type LogMatch = z.infer<typeof logMatch>

export const logSearch = z.strictObject({
  job_id: z.string(),
  attempt: z.number().int(),
  matches: z.array(logMatch),
  truncated: z
    .boolean()
    .describe('A stream has more matches than `limit`, or more text than is given.'),
  timed_out: z.boolean().describe('The machine did not get to the end in time.'),
})
export type LogSearch = z.infer<typeof logSearch>

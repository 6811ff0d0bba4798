import { z } from 'zod'
import { jsonObject, moment } from '../fields'
import { CALLERS } from './schema'

export const auditEntry = z
  .strictObject({
    id: z.number().int(),
    at: moment.describe('When it was asked for.'),
    caller_via: z.enum(CALLERS).describe('`system`: the app itself.'),
    key_name: z.string().nullable().describe('The API key, where it has a name.'),
    client: z.string().nullable().describe('What the program calls itself.'),
    action: z.string().describe('The `operationId`, or for example `openTerminal`, `jobEnded`.'),
    connection_id: z.string().nullable(),
    connection_name: z.string().nullable().describe('As it was then.'),
    target_type: z.enum(['connection', 'project', 'job', 'key']).nullable(),
    target_id: z.string().nullable(),
    target_name: z
      .string()
      .nullable()
      .describe('As it was then; where there is none such, what was asked for.'),
    detail: jsonObject.nullable().describe('What was sent, without secrets and cut to 4 KB.'),
    outcome: z
      .string()
      .describe(
        '`ok`, an error code, `hung_up` when the caller left before the end, `timed_out` or `signalled` of a command, or why a job ended.',
      ),
    exit_code: z.number().int().nullable(),
    duration_ms: z.number().nullable(),
    request_id: z.string().nullable().describe('As in `X-Request-Id` and the log.'),
  })
  .meta({
    id: 'AuditEntry',
    examples: [
      {
        id: 1,
        at: '2026-03-01T08:00:00.000Z',
        caller_via: 'cli',
        key_name: 'ci',
        client: 'dgx-cli/0.1.0',
        action: 'executeCommand',
        connection_id: '3f0c2a5e-7d41-4b7e-9a55-1c2e8f60b9d4',
        connection_name: 'dgx-1',
        target_type: 'connection',
        target_id: '3f0c2a5e-7d41-4b7e-9a55-1c2e8f60b9d4',
        target_name: 'dgx-1',
        detail: { command: 'HF_TOKEN=*** python train.py' },
        outcome: 'ok',
        exit_code: 0,
        duration_ms: 840,
        request_id: '5b6f0a44-8f9a-4b53-8d8e-0a1f6c7d2e90',
      },
    ],
  })
export type AuditEntry = z.infer<typeof auditEntry>

/** As they stand in a file. */
export const AUDIT_COLUMNS = auditEntry.keyof().options

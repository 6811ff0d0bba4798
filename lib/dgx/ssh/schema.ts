import { z } from 'zod'
import { errorCode } from '../errors'

/** What this layer tells of machines and commands, as it is answered. */

export const connectionStatus = z
  .enum(['disconnected', 'connecting', 'connected', 'reconnecting', 'error'])
  .describe('`reconnecting` after passing trouble; `error` waits for a person.')

/** A refused host key travels with the error, so that it can be shown and trusted. */
export const refusedHostKey = z
  .strictObject({
    host_key: z.strictObject({
      address: z.string(),
      key_type: z.string().describe('Such as `ssh-ed25519`.'),
      key_base64: z.string(),
      fingerprint: z.string().describe('`SHA256:...`, as ssh prints it.'),
    }),
    expected_fingerprint: z
      .string()
      .nullable()
      .describe('Of the key that was known; null for none.'),
  })
  .meta({ id: 'RefusedHostKey' })
export type RefusedHostKey = z.infer<typeof refusedHostKey>

/** The state of the connection to one machine. */
export const connectionState = z.strictObject({
  status: connectionStatus,
  last_error: z
    .strictObject({ code: errorCode, message: z.string(), at: z.iso.datetime() })
    .nullable(),
  connected_at: z.iso.datetime().nullable(),
  host_key_fingerprint: z
    .string()
    .nullable()
    .describe('Of the key that the machine presented in this run.'),
  host_key_type: z.string().nullable().describe('Such as `ssh-ed25519`.'),
  is_first_contact: z
    .boolean()
    .describe('The key was not known before this connection, and has been remembered since.'),
  refused_host_key: refusedHostKey
    .nullable()
    .describe('The key that was refused last, so that a person can compare and trust it.'),
})
export type ConnectionState = z.infer<typeof connectionState>

/** How a command ended and what it printed. */
export const execResult = z
  .strictObject({
    stdout: z.string(),
    stderr: z.string(),
    code: z.number().int().nullable().describe('Null when a signal or the timeout ended it.'),
    signal: z.string().nullable().describe('Without `SIG`: `TERM`, `KILL`, ...'),
    duration_ms: z.number(),
    timed_out: z.boolean(),
    truncated: z.boolean().describe('Of more output the head and the tail are kept.'),
    stdout_bytes: z.number().int(),
    stderr_bytes: z.number().int(),
  })
  .meta({
    id: 'ExecResult',
    examples: [
      {
        stdout: 'epoch 1\n',
        stderr: 'CUDA out of memory\n',
        code: 3,
        signal: null,
        duration_ms: 5204,
        timed_out: false,
        truncated: false,
        stdout_bytes: 8,
        stderr_bytes: 19,
      },
    ],
  })
export type ExecResult = z.infer<typeof execResult>

import { z } from 'zod'

/**
 * Every failure the product can answer with. One closed set: `lib/api/status.ts` maps each
 * code to an HTTP status and `docs/api.md` explains each one to its reader.
 */
export const ERROR_CODES = [
  'invalid_request',
  'unauthorized',
  'forbidden_host',
  'forbidden_origin',
  'forbidden_scope',
  'not_found',
  'method_not_allowed',
  'connection_not_found',
  'project_not_found',
  'job_not_found',
  'key_not_found',
  'attempt_not_found',
  'log_gone',
  'ambiguous_name',
  'name_taken',
  'not_connected',
  'machine_read_only',
  'command_denied',
  'confirmation_refused',
  'confirmation_timed_out',
  'person_required',
  'does_not_fit',
  'illegal_transition',
  'job_is_managed',
  'job_not_managed',
  'job_not_waiting',
  'jobs_running',
  'idempotency_conflict',
  'host_key_unknown',
  'host_key_changed',
  'host_key_revoked',
  'host_key_mismatch',
  'ssh_key_missing',
  'ssh_key_permissions',
  'ssh_key_unsupported',
  'ssh_passphrase_required',
  'ssh_passphrase_wrong',
  'ssh_password_required',
  'precondition_failed',
  'payload_too_large',
  'rate_limited',
  'too_busy',
  'ssh_auth_failed',
  'ssh_refused',
  'ssh_unreachable',
  'ssh_protocol_error',
  'ssh_throttled',
  'connection_lost',
  'exec_failed',
  'terminal_refused',
  'nvidia_smi_failed',
  'nvidia_smi_missing',
  'nvidia_smi_hung',
  'ssh_timeout',
  'internal',
] as const

export const errorCode = z.enum(ERROR_CODES).meta({ id: 'ErrorCode' })
export type ErrorCode = z.infer<typeof errorCode>

/** What opening an SSH connection can fail with. */
export const CONNECT_ERRORS = [
  'host_key_unknown',
  'host_key_changed',
  'host_key_revoked',
  'ssh_key_missing',
  'ssh_key_permissions',
  'ssh_key_unsupported',
  'ssh_passphrase_required',
  'ssh_passphrase_wrong',
  'ssh_password_required',
  'ssh_auth_failed',
  'ssh_refused',
  'ssh_unreachable',
  'ssh_protocol_error',
  'ssh_throttled',
  'ssh_timeout',
  'connection_lost',
] as const satisfies readonly ErrorCode[]

/** What using a machine can fail with; a stream may have to open a second SSH connection. */
export const MACHINE_ERRORS = [
  'connection_not_found',
  'not_connected',
  'too_busy',
  ...CONNECT_ERRORS,
] as const satisfies readonly ErrorCode[]

/** What the safety settings of a machine can say to a command or a job. */
export const SAFETY_ERRORS = [
  'machine_read_only',
  'command_denied',
  'confirmation_refused',
  'confirmation_timed_out',
] as const satisfies readonly ErrorCode[]

/** One thing that is wrong with a request: where (dotted path) and what. */
export type ErrorDetail = { path: string; message: string }

export type DgxErrorOptions = {
  details?: readonly ErrorDetail[]
  /** What there is in spite of the failure, e.g. the partial output of a command. */
  data?: unknown
  cause?: unknown
}

/**
 * The one error that services throw. `message` is a sentence for a person: what happened, to
 * what, and the next step. Test by `code` (see `isDgxError`): each Next bundle has its own copy
 * of this class, so `instanceof` is not reliable across them.
 */
export class DgxError extends Error {
  override readonly name = 'DgxError'
  readonly code: ErrorCode
  readonly details: readonly ErrorDetail[] | undefined
  readonly data: unknown

  constructor(code: ErrorCode, message: string, options: DgxErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.details = options.details
    this.data = options.data
  }
}

const CODES: ReadonlySet<unknown> = new Set(ERROR_CODES)

/** True for a `DgxError` of any bundle. */
export function isDgxError(error: unknown): error is DgxError {
  return error instanceof Error && error.name === 'DgxError' && CODES.has((error as DgxError).code)
}

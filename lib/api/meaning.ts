import type { ErrorCode } from '../dgx/errors'

/** What each failure means, and the next step; docs/api.md has the same. */
export const MEANING: Record<ErrorCode, string> = {
  invalid_request: 'The request cannot be read; `details` names each field. Correct it.',
  unauthorized: 'The API key is missing, wrong or revoked.',
  forbidden_host:
    'The `Host` header is not this server. Use `127.0.0.1` or `localhost` with its port.',
  forbidden_origin: 'The request comes from another page, or from a WebSocket without the key.',
  forbidden_scope:
    'The scope of the API key does not reach this; use a key that has the one needed.',
  not_found: 'No endpoint has this address.',
  method_not_allowed: 'The endpoint exists, the method does not; see `Allow`.',
  connection_not_found: 'No connection has this id or name.',
  project_not_found: 'No project has this id or name.',
  job_not_found: 'No job has this id or name.',
  key_not_found: 'No API key has this id or name.',
  attempt_not_found: 'The job has no attempt of this number.',
  ambiguous_name: 'Several records have this name; `details` lists their ids.',
  name_taken: 'Another connection or API key has this name.',
  not_connected:
    'The machine is not connected; `POST /connect/:id`, or wait while it is tried again.',
  machine_read_only:
    'Nothing may be changed on the machine now; a person switches that off in its safety settings.',
  command_denied:
    'A pattern of the machine refuses the command. Ask the person; do not rephrase the command.',
  confirmation_refused:
    'A person was asked and refused the command. Ask them; do not rephrase the command.',
  confirmation_timed_out:
    'The command needs a person, and nobody answered in time. Tell them, then run the same again.',
  person_required: 'Only a person in the browser may do this.',
  does_not_fit: 'No machine that the job names has what it asks for, busy or not.',
  illegal_transition: "The job's state does not allow it; `details` lists what it does allow.",
  job_is_managed:
    'The status of a job with a command follows from what the command does; start, cancel or retry it.',
  job_not_waiting:
    'What a job asks for can be changed only while it waits; clone it with the change.',
  jobs_running: 'Something that runs now would be deleted; `?force=true` stops it first.',
  idempotency_conflict: 'The Idempotency-Key was used for another request.',
  host_key_unknown:
    'First contact under `HOST_KEY_POLICY=ask`; compare the fingerprint and `POST /connections/:id/trust`.',
  host_key_changed:
    'The host key is not the known one; `data` has both fingerprints. Compare before trusting.',
  host_key_revoked: 'known_hosts marks this key as revoked.',
  host_key_mismatch: 'The fingerprint to trust is not the one presented.',
  ssh_key_missing: 'The key file is not there.',
  ssh_key_permissions: 'The key file may be read by others, or not by us.',
  ssh_key_unsupported: 'The file is no private key that can be used.',
  ssh_passphrase_required:
    'The key is encrypted; connect with `{"passphrase": "..."}` or use the agent.',
  ssh_passphrase_wrong: 'The passphrase does not open the key.',
  ssh_password_required: 'The server takes only a password; connect with `{"password": "..."}`.',
  job_not_managed:
    'The job is tracked by hand: nothing was started here, so there is no log and nothing to cancel.',
  log_gone: 'The log was deleted on the machine; `data` has what was kept of its end.',
  precondition_failed:
    'The record was changed since the ETag of `If-Match`; GET it and make your change again.',
  payload_too_large: 'The body is too large.',
  rate_limited: 'The API key has sent all that its limit allows; see `Retry-After`.',
  too_busy: 'Too many commands wait, or too many wrong keys; see `Retry-After`.',
  ssh_auth_failed: 'The server refused the user or every key offered.',
  ssh_refused: 'Nothing listens on that port.',
  ssh_unreachable: 'The name does not resolve or the network does not reach the machine.',
  ssh_protocol_error: 'The port speaks something else, or no algorithm is shared.',
  ssh_throttled: 'sshd refuses new connections for now (MaxStartups, a penalty, fail2ban).',
  connection_lost: 'The connection was lost; for a command `data` has what it had printed.',
  exec_failed: 'A command of the connection test failed.',
  terminal_refused: 'sshd gives this user no terminal (`PermitTTY no`, a forced command).',
  nvidia_smi_failed: "nvidia-smi ended with an error; `data` has the host's values.",
  nvidia_smi_missing: 'nvidia-smi is not installed there.',
  nvidia_smi_hung: "nvidia-smi does not answer; the driver may hang. `data` has the host's values.",
  ssh_timeout: 'The machine did not answer in time.',
  internal: 'A bug of ours; the log has its cause under `request_id`.',
}

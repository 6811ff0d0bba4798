import { randomUUID } from 'node:crypto'
import { readConfig } from '../../config.mjs'
import { type ErrorCode, isDgxError } from '../errors'
import { runtime } from '../runtime'
import { SshConnection } from '../ssh/connection'
import type { RefusedHostKey } from '../ssh/handshake'
import type { HostKey } from '../ssh/host-keys'
import { EXTEND_PATH, remoteCommand } from '../ssh/remote-command'
import type { SshSecrets } from '../ssh/target'
import { getConnectionRecord } from './records'

export const TEST_STEPS = [
  'resolve',
  'tcp',
  'host_key',
  'authentication',
  'shell',
  'nvidia_smi',
] as const
export type TestStepName = (typeof TEST_STEPS)[number]

export type TestStep = {
  step: TestStepName
  status: 'ok' | 'failed' | 'skipped'
  message: string
  code: ErrorCode | null
  duration_ms: number
}

export type ConnectionTest = {
  ok: boolean
  steps: TestStep[]
  host_key: { type: string; fingerprint: string; expected_fingerprint: string | null } | null
}

/** Which step a failure of `SshConnection.open` belongs to. */
const STEP_OF: Partial<Record<ErrorCode, TestStepName>> = {
  ssh_refused: 'tcp',
  ssh_timeout: 'tcp',
  ssh_unreachable: 'tcp',
  ssh_throttled: 'host_key',
  ssh_protocol_error: 'host_key',
  host_key_unknown: 'host_key',
  host_key_changed: 'host_key',
  host_key_revoked: 'host_key',
}

const COMMAND_TIMEOUT_MS = 15_000

/**
 * Tries a connection step by step without saving anything: resolve, TCP, host key,
 * authentication, shell, nvidia-smi. A failed step skips those after it.
 */
export async function testConnection(
  input: {
    hostname: string
    port: number
    username: string
    ssh_key_path: string | null
    /** A saved connection whose accepted host keys count. */
    connection_id?: string | undefined
  } & SshSecrets,
  signal?: AbortSignal,
): Promise<ConnectionTest> {
  const steps: TestStep[] = []
  let since = performance.now()
  const add = (
    step: TestStepName,
    status: TestStep['status'],
    message: string,
    code: ErrorCode | null = null,
  ) => {
    const now = performance.now()
    steps.push({ step, status, message, code, duration_ms: Math.round(now - since) })
    since = now
  }
  const finish = (hostKey: ConnectionTest['host_key']): ConnectionTest => {
    for (const step of TEST_STEPS) {
      if (steps.some((done) => done.step === step)) continue
      steps.push({ step, status: 'skipped', message: 'not reached', code: null, duration_ms: 0 })
    }
    return { ok: steps.every((step) => step.status === 'ok'), steps, host_key: hostKey }
  }

  const saved = input.connection_id ? await getConnectionRecord({ id: input.connection_id }) : null
  let connection: SshConnection
  try {
    connection = await SshConnection.open({
      target: { ...input, id: randomUUID() },
      secrets: input,
      // Nothing is remembered; what is known already counts, as does the user's known_hosts.
      hostKeys: {
        list: async (_, address) => (saved ? runtime().hostKeys.list(saved.id, address) : []),
        add: async () => {},
      },
      policy: readConfig(process.env).hostKeyPolicy,
      signal,
      onStep: (step, message) => add(step, 'ok', message),
    })
  } catch (error) {
    const code = isDgxError(error) ? error.code : 'internal'
    const refused = isDgxError(error) ? (error.data as RefusedHostKey | undefined) : undefined
    const reached = steps.length
    const next = TEST_STEPS[reached] ?? 'authentication'
    const failed = STEP_OF[code]
    // The handshake reports its two steps only when both are done.
    if (next === 'host_key' && failed === undefined) add('host_key', 'ok', 'accepted')
    add(
      failed && TEST_STEPS.indexOf(failed) >= reached ? failed : (TEST_STEPS[steps.length] ?? next),
      'failed',
      error instanceof Error ? error.message : String(error),
      code,
    )
    return finish(
      refused
        ? {
            type: refused.host_key.key_type,
            fingerprint: refused.host_key.fingerprint,
            expected_fingerprint: refused.expected_fingerprint,
          }
        : null,
    )
  }
  try {
    const shell = await run(connection, 'uname -sr; id -un')
    if (shell.code !== 0) {
      add(
        'shell',
        'failed',
        `The shell ended with code ${shell.code}: ${shell.output}`,
        'exec_failed',
      )
      return finish(describeKey(connection.hostKey, null))
    }
    add('shell', 'ok', shell.output.replace(/\n/g, ', '))
    const smi = await run(connection, 'nvidia-smi -L')
    if (smi.code === 0) add('nvidia_smi', 'ok', smi.output.replace(/ \(UUID: [^)]*\)/g, ''))
    else if (smi.code === 127) {
      add(
        'nvidia_smi',
        'failed',
        'nvidia-smi is not installed there or not in PATH; metrics of GPUs will be missing.',
        'nvidia_smi_missing',
      )
    } else if (smi.code === null) {
      add(
        'nvidia_smi',
        'failed',
        'nvidia-smi did not answer in time; the driver may hang.',
        'nvidia_smi_hung',
      )
    } else
      add(
        'nvidia_smi',
        'failed',
        `nvidia-smi ended with code ${smi.code}: ${smi.output}`,
        'nvidia_smi_failed',
      )
    return finish(describeKey(connection.hostKey, null))
  } catch (error) {
    add(
      TEST_STEPS[steps.length] ?? 'shell',
      'failed',
      error instanceof Error ? error.message : String(error),
      'connection_lost',
    )
    return finish(describeKey(connection.hostKey, null))
  } finally {
    connection.close()
  }
}

function describeKey(key: HostKey, expected: string | null): ConnectionTest['host_key'] {
  return { type: key.keyType, fingerprint: key.fingerprint, expected_fingerprint: expected }
}

/** `code` is null when the command did not end in time. */
async function run(
  connection: SshConnection,
  script: string,
): Promise<{ code: number | null; output: string }> {
  const channel = await connection.openChannel(remoteCommand(`${EXTEND_PATH};${script}`))
  let output = ''
  const collect = (chunk: Buffer) => {
    if (output.length < 2_000) output += chunk.toString('utf8')
  }
  channel.on('data', collect)
  channel.stderr.on('data', collect)
  channel.end()
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve({ code: null, output }), COMMAND_TIMEOUT_MS)
    channel.once('close', (code?: number | null) => {
      clearTimeout(timer)
      if (code === undefined) reject(new Error('The connection was lost during the test.'))
      else resolve({ code: code ?? -1, output: output.trim() })
    })
  })
}

import { randomUUID } from 'node:crypto'
import { readConfig } from '../../config.mjs'
import { type ErrorCode, isDgxError } from '../errors'
import { runtime } from '../runtime'
import { SshConnection } from '../ssh/connection'
import { EXTEND_PATH, remoteCommand } from '../ssh/remote-command'
import type { RefusedHostKey } from '../ssh/schema'
import type { SshSecrets } from '../ssh/target'
import {
  type Connection,
  type ConnectionTest,
  TEST_STEPS,
  type TestEvent,
  type TestStep,
  type TestStepName,
} from './answers'
import { emitted } from './emitted'
import { getConnectionRecord } from './records'

export type TestInput = {
  hostname: string
  port: number
  username: string
  ssh_key_path: string | null
  /** A saved connection whose accepted host keys count. */
  connection_id?: string | undefined
} & SshSecrets

/** Which step a failure of `SshConnection.open` belongs to, where it is not the one at work. */
const STEP_OF: Partial<Record<ErrorCode, TestStepName>> = {
  ssh_key_missing: 'authentication',
  ssh_key_permissions: 'authentication',
  ssh_key_unsupported: 'authentication',
  ssh_passphrase_required: 'authentication',
  ssh_passphrase_wrong: 'authentication',
  // Of a jump host, before the machine's own key was seen.
  ssh_password_required: 'authentication',
  ssh_auth_failed: 'authentication',
}

const COMMAND_TIMEOUT_MS = 15_000

/**
 * `testConnection` as it goes. Leaving the loop, or the signal, ends the test. An unknown
 * `connection_id` is thrown by the returned promise.
 */
export async function streamConnectionTest(
  input: TestInput & { signal?: AbortSignal },
): Promise<AsyncGenerator<TestEvent, void, undefined>> {
  const saved = await savedConnection(input)
  return emitted(async (emit, hangUp) => {
    const signal = input.signal ? AbortSignal.any([input.signal, hangUp]) : hangUp
    emit({ type: 'result', ...(await runTest(input, { saved, signal, emit })) })
  })
}

/**
 * Tries a connection step by step without saving anything: resolve, TCP, host key,
 * authentication, shell, nvidia-smi. A failed step skips those after it.
 * @throws DgxError connection_not_found, ambiguous_name for `connection_id`
 */
export async function testConnection(
  input: TestInput & { signal?: AbortSignal },
): Promise<ConnectionTest> {
  const saved = await savedConnection(input)
  return runTest(input, { saved, signal: input.signal, emit: () => {} })
}

async function savedConnection({ connection_id }: TestInput): Promise<Connection | null> {
  return connection_id ? getConnectionRecord({ id: connection_id }) : null
}

async function runTest(
  input: TestInput,
  options: {
    saved: Connection | null
    signal: AbortSignal | undefined
    emit: (event: TestEvent) => void
  },
): Promise<ConnectionTest> {
  const { saved, signal } = options
  const walk = new StepWalk(options.emit)
  let hostKey: ConnectionTest['host_key'] = null
  let connection: SshConnection | undefined
  const close = () => connection?.close()
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
      onStep: (_, message) => walk.done(message),
    })
    signal?.addEventListener('abort', close, { once: true })
    const { keyType: type, fingerprint } = connection.hostKey
    const isNew = connection.isFirstContact
    hostKey = { type, fingerprint, expected_fingerprint: null, is_new: isNew }

    const shell = await run(connection, 'uname -sr; id -un')
    if (shell.code === 0) walk.done(shell.output.replace(/\n/g, ', '))
    else walk.fail('exec_failed', `The shell ended with code ${shell.code}: ${shell.output}`)
    if (shell.code === 0) endWithNvidiaSmi(walk, await run(connection, 'nvidia-smi -L'))
  } catch (error) {
    // The caller has hung up: nobody is left to tell.
    signal?.throwIfAborted()
    const code = isDgxError(error) ? error.code : connection ? 'connection_lost' : 'internal'
    walk.failAt(STEP_OF[code], code, error instanceof Error ? error.message : String(error))
    const refused = isDgxError(error) ? (error.data as RefusedHostKey | undefined) : undefined
    if (refused) {
      hostKey = {
        type: refused.host_key.key_type,
        fingerprint: refused.host_key.fingerprint,
        expected_fingerprint: refused.expected_fingerprint,
        is_new: refused.expected_fingerprint === null && code === 'host_key_unknown',
      }
    }
  } finally {
    signal?.removeEventListener('abort', close)
    close()
  }
  return walk.end(hostKey)
}

function endWithNvidiaSmi(walk: StepWalk, { code, output }: RemoteAnswer): void {
  if (code === 0) walk.done(output.replace(/ \(UUID: [^)]*\)/g, ''))
  else if (code === 127) {
    walk.fail(
      'nvidia_smi_missing',
      'nvidia-smi is not installed there or not in PATH; metrics of GPUs will be missing.',
    )
  } else if (code === null) {
    walk.fail('nvidia_smi_hung', 'nvidia-smi did not answer in time; the driver may hang.')
  } else walk.fail('nvidia_smi_failed', `nvidia-smi ended with code ${code}: ${output}`)
}

/** Goes through the steps in order; one is at work until all are done or one has failed. */
class StepWalk {
  readonly #emit: (event: TestEvent) => void
  readonly #steps: TestStep[] = []
  #since = performance.now()

  constructor(emit: (event: TestEvent) => void) {
    this.#emit = emit
    this.#begin()
  }

  get #current(): TestStepName | undefined {
    return TEST_STEPS[this.#steps.length]
  }

  /** The step at work has succeeded. */
  done(message: string): void {
    this.#add('ok', message, null)
    this.#begin()
  }

  /** The step at work has failed. */
  fail(code: ErrorCode, message: string): void {
    this.#add('failed', message, code)
  }

  /** `step` has failed; those before it that were not done are passed over. */
  failAt(step: TestStepName | undefined, code: ErrorCode, message: string): void {
    while (step && this.#current && this.#current !== step) {
      this.#add('skipped', 'not reached', null)
    }
    this.fail(code, message)
  }

  end(hostKey: ConnectionTest['host_key']): ConnectionTest {
    while (this.#current) this.#add('skipped', 'not reached', null)
    const steps = this.#steps
    return { ok: steps.every(({ status }) => status === 'ok'), steps, host_key: hostKey }
  }

  #begin(): void {
    this.#since = performance.now()
    if (this.#current) this.#emit({ type: 'step', step: this.#current, status: 'running' })
  }

  #add(status: TestStep['status'], message: string, code: ErrorCode | null): void {
    const step = this.#current
    if (!step) return
    const duration_ms = status === 'skipped' ? 0 : Math.round(performance.now() - this.#since)
    const done = { step, status, message, code, duration_ms }
    this.#steps.push(done)
    this.#emit({ type: 'step', ...done })
  }
}

/** `code` is null when the command did not end in time. */
type RemoteAnswer = { code: number | null; output: string }

async function run(connection: SshConnection, script: string): Promise<RemoteAnswer> {
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

import type { Duplex } from 'node:stream'
import ssh2, { type Client, type ConnectConfig } from 'ssh2'
import { DgxError } from '../errors'
import { type AuthPlan, AuthWalk } from './auth'
import {
  type HostKey,
  type HostKeyVerdict,
  judgeHostKey,
  type KnownKeys,
  preferKnownTypes,
  readHostKey,
} from './host-keys'
import type { RefusedHostKey } from './schema'
import { hostAddress, type SshHop } from './target'

/** Notices a silently dropped connection after at most 4 x 12 s. */
const KEEPALIVE_INTERVAL_MS = 12_000
const KEEPALIVE_COUNT = 3

export type HostKeyPolicy = 'accept-new' | 'ask'

export type HandshakeOptions = {
  hop: SshHop
  wire: Duplex
  plan: AuthPlan
  known: KnownKeys
  policy: HostKeyPolicy
  timeoutMs: number
  signal?: AbortSignal | undefined
  /** Called when the host key was accepted, before anybody signs in. */
  onHostKey?: ((key: HostKey, isFirstContact: boolean) => void) | undefined
}

export type Handshake = {
  client: Client
  hostKey: HostKey
  /** The key was not known before; the caller remembers it. */
  isFirstContact: boolean
  banner: string | null
}

/**
 * Speaks SSH over an open wire up to an authenticated client. The wire is destroyed on failure.
 * @throws DgxError host_key_*, ssh_auth_failed, ssh_password_required, ssh_throttled,
 *   ssh_protocol_error, ssh_timeout, connection_lost
 */
export function shakeHands(options: HandshakeOptions): Promise<Handshake> {
  const { hop, wire, plan, known, policy, timeoutMs, signal } = options
  const client = new ssh2.Client()
  const walk = new AuthWalk(plan)
  const address = hostAddress(hop.hostKeyAlias ?? hop.host, hop.hostKeyAlias ? 22 : hop.port)
  let hostKey: HostKey | null = null
  let verdict: HostKeyVerdict | null = null
  let isTold = false
  let banner: string | null = null
  let preamble = ''

  const config: ConnectConfig = {
    sock: wire as NonNullable<ConnectConfig['sock']>,
    username: hop.username,
    readyTimeout: timeoutMs,
    keepaliveInterval: KEEPALIVE_INTERVAL_MS,
    keepaliveCountMax: KEEPALIVE_COUNT,
    algorithms: { serverHostKey: preferKnownTypes(known) },
    hostVerifier: (key: Buffer) => {
      hostKey = readHostKey(address, key)
      verdict = judgeHostKey(hostKey, known)
      const isNew = verdict.kind === 'new'
      const isAccepted = verdict.kind === 'trusted' || (isNew && policy === 'accept-new')
      // Keys are exchanged anew now and then; the first time is the one to tell.
      if (isAccepted && !isTold) options.onHostKey?.(hostKey, isNew)
      isTold = true
      return isAccepted
    },
    // The types know neither the null before the first answer nor that `false` ends the walk.
    authHandler: ((left: string[] | null) => walk.next(left)) as unknown as NonNullable<
      ConnectConfig['authHandler']
    >,
  }

  return new Promise((resolve, reject) => {
    const onAbort = () =>
      fail(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
    const settle = () => {
      signal?.removeEventListener('abort', onAbort)
      wire.removeListener('data', capture)
      client.removeListener('close', onClose)
    }
    const fail = (error: Error) => {
      settle()
      client.on('error', () => {})
      client.end()
      wire.destroy()
      reject(error)
    }
    // Before the handshake a refusing sshd writes one plain line that names the cause.
    const capture = (chunk: Buffer) => {
      if (preamble.length < 256) preamble += chunk.toString('latin1').slice(0, 256)
    }
    const explain = (error: Error & { level?: string }) =>
      explainFailure(error, { hop, plan, walk, policy, hostKey, verdict, preamble, timeoutMs })
    const onClose = () => fail(explain(new Error('closed')))

    client.on('banner', (text) => {
      banner = text.slice(0, 4096)
    })
    client.on('error', (error: Error & { level?: string }) => {
      // A missing agent is not the end: the next method is tried.
      if (error.level !== 'agent') fail(explain(error))
    })
    // A server that leaves after its version line gives no error, only this.
    client.once('close', onClose)
    client.once('ready', () => {
      settle()
      if (!hostKey) return fail(new Error('ready without a host key'))
      // The error listener stays: without one, a reset before the next owner listens would end the process.
      resolve({ client, hostKey, isFirstContact: verdict?.kind === 'new', banner })
    })
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      client.connect(config)
      wire.on('data', capture)
    } catch (error) {
      fail(explain(error as Error))
    }
  })
}

type FailureContext = {
  hop: SshHop
  plan: AuthPlan
  walk: AuthWalk
  policy: HostKeyPolicy
  hostKey: HostKey | null
  verdict: HostKeyVerdict | null
  preamble: string
  timeoutMs: number
}

function explainFailure(error: Error & { level?: string }, context: FailureContext): DgxError {
  const { hop, hostKey, verdict, preamble, timeoutMs } = context
  const place = `${hop.host}${hop.port === 22 ? '' : ` port ${hop.port}`}`
  if (hostKey && verdict && verdict.kind !== 'trusted') {
    const refused = explainHostKey(place, hostKey, verdict, context.policy)
    if (refused) return refused
  }
  if (error.level === 'client-authentication') return explainAuth(place, context)
  if (/Exceeded MaxStartups|Not allowed at this time/i.test(preamble)) {
    return new DgxError(
      'ssh_throttled',
      `${place} is refusing new connections for now ("${firstLine(preamble)}": sshd's MaxStartups or a penalty for earlier failures). Wait a minute, then connect again.`,
      { cause: error },
    )
  }
  if (error.level === 'client-timeout' || /timed out/i.test(error.message)) {
    return new DgxError(
      'ssh_timeout',
      `${place} accepted the connection but did not finish the SSH handshake within ${timeoutMs / 1000} s. The machine may be overloaded; try again.`,
      { cause: error },
    )
  }
  if (preamble !== '' && !preamble.startsWith('SSH-') && !preamble.includes('\nSSH-')) {
    return new DgxError(
      'ssh_protocol_error',
      `${place} does not speak SSH; it answered "${firstLine(preamble)}". Check the port.`,
      { cause: error },
    )
  }
  if (/no matching/i.test(error.message)) {
    return new DgxError(
      'ssh_protocol_error',
      `${place} and this program share no algorithm (${error.message}). A server that allows only post-quantum key exchange must also allow curve25519-sha256.`,
      { cause: error },
    )
  }
  if (hostKey === null) {
    return new DgxError(
      'ssh_throttled',
      `${place} closed the connection before the handshake. sshd's MaxStartups, a penalty for earlier failures or fail2ban does this; wait a minute, then connect again.`,
      { cause: error },
    )
  }
  return new DgxError(
    'connection_lost',
    `The connection to ${place} was lost during the handshake (${error.message}). Connect again.`,
    { cause: error },
  )
}

const firstLine = (text: string): string =>
  (text.split(/[\r\n]/)[0] ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, 120)

function explainHostKey(
  place: string,
  hostKey: HostKey,
  verdict: HostKeyVerdict,
  policy: HostKeyPolicy,
): DgxError | null {
  const data = (expected: string | null): RefusedHostKey => ({
    host_key: {
      address: hostKey.address,
      key_type: hostKey.keyType,
      key_base64: hostKey.keyBase64,
      fingerprint: hostKey.fingerprint,
    },
    expected_fingerprint: expected,
  })
  if (verdict.kind === 'changed') {
    return new DgxError(
      'host_key_changed',
      `WARNING: the host key of ${place} has changed. Expected ${verdict.expected} (from ${verdict.source}), got ${hostKey.keyType} ${hostKey.fingerprint}. Somebody may be impersonating the machine, or it was reinstalled. Compare with the machine itself (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there), then trust the new fingerprint or remove the old line.`,
      { data: data(verdict.expected) },
    )
  }
  if (verdict.kind === 'revoked') {
    return new DgxError(
      'host_key_revoked',
      `${place} presented a host key that ${verdict.source} marks as revoked (${hostKey.fingerprint}). Do not connect; ask the machine's administrator.`,
      { data: data(null) },
    )
  }
  if (verdict.kind === 'new' && policy === 'ask') {
    return new DgxError(
      'host_key_unknown',
      `${place} is not known yet. Its host key is ${hostKey.keyType} ${hostKey.fingerprint}. Compare it with the machine itself, then POST /api/dgx/connections/ID/trust {"fingerprint": "${hostKey.fingerprint}"}.`,
      { data: data(null) },
    )
  }
  return null
}

function explainAuth(place: string, { hop, plan, walk }: FailureContext): DgxError {
  const takes = walk.accepted.join(', ') || 'nothing we can offer'
  const passwordOnly =
    walk.accepted.length > 0 &&
    walk.accepted.every((method) => method === 'password' || method === 'keyboard-interactive')
  const offered = plan.offers.length > 0 ? plan.offers.join(', ') : 'no usable key'
  if (passwordOnly && !plan.offers.includes('the password')) {
    return new DgxError(
      'ssh_password_required',
      `${place} takes only a password for ${hop.username} (${takes}). Connect with {"password": "..."}; it is asked each time and never stored. Better: ssh-copy-id ${hop.username}@${hop.host}`,
    )
  }
  const locked =
    plan.locked.length > 0
      ? ` Encrypted and passed over: ${plan.locked.join(', ')}; ssh-add them or connect with a passphrase.`
      : ''
  return new DgxError(
    'ssh_auth_failed',
    `${place} refused ${hop.username}: offered ${offered}; it takes ${takes}.${locked} Check the username, and that the public key is in ~${hop.username}/.ssh/authorized_keys there (ssh-copy-id adds it).`,
  )
}

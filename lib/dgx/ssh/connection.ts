import type { Duplex } from 'node:stream'
import type { Client, ClientCallback, ClientChannel } from 'ssh2'
import { DgxError } from '../errors'
import { planAuth } from './auth'
import { dial, dialFailure, dialThroughCommand } from './dial'
import { type HostKeyPolicy, shakeHands } from './handshake'
import type { HostKey, KnownKeys } from './host-keys'
import { lookUpKnownHosts } from './known-hosts'
import { resolveRoute } from './ssh-config'
import { hostAddress, type SshHop, type SshSecrets, type SshTarget } from './target'

/** Where accepted host keys are kept. */
export type HostKeyStore = {
  list(connectionId: string, address: string): Promise<HostKey[]>
  add(connectionId: string, key: HostKey): Promise<void>
}

export type OpenOptions = {
  target: SshTarget
  secrets: SshSecrets
  hostKeys: HostKeyStore
  policy: HostKeyPolicy
  signal?: AbortSignal | undefined
  /** Called as the steps of the way are done, for the connection test. */
  onStep?: (step: 'resolve' | 'tcp' | 'host_key' | 'authentication', message: string) => void
}

/** In characters. */
export type TerminalSize = { cols: number; rows: number }

const DIAL_TIMEOUT_MS = 10_000
const HANDSHAKE_TIMEOUT_MS = 20_000

/** One SSH connection to a machine, through its jump hosts, authenticated. */
export class SshConnection {
  readonly #client: Client
  readonly #wires: Duplex[]
  readonly #onClose = new Set<() => void>()
  #isClosed = false
  /** Of the machine itself. */
  readonly hostKey: HostKey
  readonly isFirstContact: boolean
  readonly banner: string | null

  private constructor(
    client: Client,
    wires: Duplex[],
    facts: { hostKey: HostKey; isFirstContact: boolean; banner: string | null },
  ) {
    this.#client = client
    this.#wires = wires
    this.hostKey = facts.hostKey
    this.isFirstContact = facts.isFirstContact
    this.banner = facts.banner
    // Without a listener for its whole life a reset would end the process.
    client.on('error', () => this.#closed())
    client.once('close', () => this.#closed())
    client.once('end', () => this.#closed())
    if (wires.some((wire) => wire.destroyed)) this.#closed()
  }

  /**
   * Opens a connection: config, wire, host key, authentication, hop by hop.
   * @throws DgxError as `resolveRoute`, `dial`, `planAuth` and `shakeHands` say
   */
  static async open(options: OpenOptions): Promise<SshConnection> {
    const { target, secrets, hostKeys, policy, signal, onStep } = options
    const route = await resolveRoute(target)
    const wires: Duplex[] = []
    try {
      const [firstHop] = route.hops
      if (!firstHop) throw new Error('a route has at least one hop')
      onStep?.('resolve', describeRoute(route.hops))
      let wire: Duplex = route.proxyCommand
        ? dialThroughCommand(route.proxyCommand)
        : await dial(firstHop.host, firstHop.port, { timeoutMs: DIAL_TIMEOUT_MS, signal })
      onStep?.('tcp', `${firstHop.host} port ${firstHop.port} accepts connections`)
      for (const [index, hop] of route.hops.entries()) {
        wires.unshift(wire)
        const isLast = index === route.hops.length - 1
        const address = hostAddress(hop.hostKeyAlias ?? hop.host, hop.hostKeyAlias ? 22 : hop.port)
        const known: KnownKeys = {
          pins: await hostKeys.list(target.id, address),
          knownHosts: await lookUpKnownHosts(hop.knownHostsFiles, address),
        }
        // A password is for the machine, not for the jump hosts before it.
        const plan = await planAuth(hop, isLast ? secrets : { passphrase: secrets.passphrase })
        const handshake = await shakeHands({
          hop,
          wire,
          plan,
          known,
          policy,
          timeoutMs: HANDSHAKE_TIMEOUT_MS,
          signal,
          onHostKey: (key, isNew) => {
            if (!isLast) return
            const contact = isNew ? ' (first contact)' : ''
            onStep?.('host_key', `${key.keyType} ${key.fingerprint}${contact}`)
          },
        })
        if (handshake.isFirstContact) await hostKeys.add(target.id, handshake.hostKey)
        if (isLast) {
          onStep?.('authentication', `signed in as ${hop.username}`)
          return new SshConnection(handshake.client, wires, handshake)
        }
        // A lost jump host shows as the end of the wire through it.
        handshake.client.on('error', () => {})
        const next = route.hops[index + 1] as SshHop
        wire = await forward(handshake.client, hop, next)
      }
      throw new Error('the last hop returns')
    } catch (error) {
      for (const wire of wires) wire.destroy()
      throw error
    }
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Calls back once when the connection is gone, at once when it already is. */
  onClose(listener: () => void): void {
    if (this.#isClosed) listener()
    else this.#onClose.add(listener)
  }

  /**
   * Starts a command on a channel of its own.
   * @throws DgxError connection_lost when there is no connection any more;
   *   ChannelRefused when the server has no session left (the command did not start)
   */
  openChannel(command: string): Promise<ClientChannel> {
    return this.#open((done) => this.#client.exec(command, done))
  }

  /**
   * Starts the user's login shell on a terminal.
   * @throws DgxError terminal_refused, and as `openChannel`
   */
  async openShell(size: TerminalSize): Promise<ClientChannel> {
    try {
      return await this.#open((done) =>
        this.#client.shell({ ...size, term: 'xterm-256color' }, done),
      )
    } catch (error) {
      // A channel that was opened and then refused is not for want of sessions.
      if (!(error instanceof ChannelRefused) || /channel open failure/i.test(error.message)) {
        throw error
      }
      throw new DgxError(
        'terminal_refused',
        `The machine gives this user no terminal (${error.message}). Its sshd may say "PermitTTY no" or force a command; commands may still run.`,
        { cause: error },
      )
    }
  }

  #open(request: (done: ClientCallback) => void): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(lost())
      const onClose = () => reject(lost())
      this.#onClose.add(onClose)
      const settle = () => this.#onClose.delete(onClose)
      try {
        request((error, channel) => {
          settle()
          if (error) reject(this.#isClosed ? lost() : new ChannelRefused(error.message))
          else resolve(channel)
        })
      } catch (error) {
        // ssh2 throws at once when the connection is already dead.
        settle()
        reject(lost(error))
      }
    })
  }

  /** Says goodbye and lets go; channels end as lost. */
  close(): void {
    this.#client.end()
    // After `end` a dead peer would keep the socket for ever.
    for (const wire of this.#wires) wire.destroy()
    this.#closed()
  }

  #closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const wire of this.#wires) wire.destroy()
    const listeners = [...this.#onClose]
    this.#onClose.clear()
    for (const listener of listeners) listener()
  }
}

/** The server has no session left for another channel; nothing was started. */
export class ChannelRefused extends Error {}

function lost(cause?: unknown): DgxError {
  return new DgxError(
    'connection_lost',
    'The SSH connection was lost. It is being opened again; retry.',
    { cause },
  )
}

function describeRoute(hops: readonly SshHop[]): string {
  return hops.map((hop) => `${hop.username}@${hop.host}:${hop.port}`).join(' -> ')
}

function forward(client: Client, via: SshHop, next: SshHop): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, next.host, next.port, (error, channel) => {
      if (!error) return resolve(channel)
      const refused = /refused/i.test(error.message)
      const failure = dialFailure(next.host, next.port, {
        ...error,
        name: error.name,
        message: error.message,
        code: refused ? 'ECONNREFUSED' : 'EHOSTUNREACH',
      })
      reject(
        new DgxError(failure.code, `Through ${via.host}: ${failure.message}`, { cause: error }),
      )
    })
  })
}

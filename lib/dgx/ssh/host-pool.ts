import { setTimeout as delay } from 'node:timers/promises'
import type { LimitFunction } from 'p-limit'
import type { ClientChannel } from 'ssh2'
import { DgxError, type ErrorCode, isDgxError } from '../errors'
import { ChannelRefused, type HostKeyStore, SshConnection, type TerminalSize } from './connection'
import type { HostKeyPolicy } from './handshake'
import type { ConnectionState, RefusedHostKey } from './schema'
import { type Role, type SlotKind, SlotQueue } from './slots'
import type { SshSecrets, SshTarget } from './target'

export type { ClientChannel }

/** A started command's channel; `release` gives its slot back once the channel is closed. */
export type CommandChannel = { channel: ClientChannel; release(): void }

/** A shell's channel; `hangUp` closes it as a terminal window is closed. */
export type ShellChannel = CommandChannel & { hangUp(): void }

export type HostPoolOptions = {
  target: SshTarget
  hostKeys: HostKeyStore
  policy: HostKeyPolicy
  /** Shared by all machines: few handshakes at a time. */
  connectLimit: LimitFunction
  onState: (state: ConnectionState) => void
}

const BACKOFF_S = [1, 2, 5, 15, 60]
const STABLE_AFTER_MS = 30_000
const BULK_IDLE_MS = 600_000
const QUEUE_TIMEOUT_MS = 60_000
/** A person waits for a terminal in front of the screen. */
const SHELL_TIMEOUT_MS = 10_000
/** Of the eight places for streams, so that some are left for commands and logs. */
const MOST_SHELLS = 5
const REFUSALS_BEFORE_LOWERING = 3

/** Trouble that may pass by itself; anything else waits for a person. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ssh_refused',
  'ssh_unreachable',
  'ssh_timeout',
  'ssh_throttled',
  'ssh_protocol_error',
  'connection_lost',
])

/**
 * The SSH connections to one machine: *control* for short commands, the sampler and kills; *bulk*
 * for streams, opened when first needed. Kept up from `connect` until `disconnect`.
 */
export class HostPool {
  readonly target: SshTarget
  readonly #options: HostPoolOptions
  readonly #queue = new SlotQueue()
  #state: ConnectionState = {
    status: 'disconnected',
    last_error: null,
    connected_at: null,
    host_key_fingerprint: null,
    host_key_type: null,
    is_first_contact: false,
    refused_host_key: null,
  }
  #secrets: SshSecrets = {}
  #control: SshConnection | null = null
  #bulk: SshConnection | null = null
  #attempt: Promise<void> | null = null
  #bulkAttempt: Promise<SshConnection> | null = null
  #bulkIdleTimer: NodeJS.Timeout | undefined
  #retryTimer: NodeJS.Timeout | undefined
  #failures = 0
  /** Those being opened and open, without those that were hung up. */
  readonly #shells = new Set<{ hangUp?: () => void }>()
  /** Ends attempts under way; a new one per period of being wanted. */
  #wanted: AbortController | null = null

  constructor(options: HostPoolOptions) {
    this.target = options.target
    this.#options = options
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Commands that wait for a slot. */
  get waiting(): number {
    return this.#queue.waiting
  }

  /** Resolves when no command runs on this machine any more. */
  idle(): Promise<void> {
    return this.#queue.idle()
  }

  /**
   * Connects, or waits for the attempt under way; from now on the connection is kept up.
   * @throws DgxError why this attempt failed (passing trouble is retried in the background)
   */
  async connect(secrets: SshSecrets = {}): Promise<void> {
    const isGiven = secrets.passphrase !== undefined || secrets.password !== undefined
    if (isGiven) this.#secrets = secrets
    this.#wanted ??= new AbortController()
    if (this.#control && !this.#control.isClosed) return
    // An attempt under way does not know the secret that was just given.
    if (isGiven && this.#attempt) await this.#attempt.catch(() => {})
    await this.#open()
  }

  /** Closes everything and forgets secrets; nothing is opened again until `connect`. */
  async disconnect(): Promise<void> {
    const reason = new DgxError(
      'not_connected',
      `${this.target.hostname} was disconnected. Connect it first.`,
    )
    this.#wanted?.abort(reason)
    this.#wanted = null
    clearTimeout(this.#retryTimer)
    clearTimeout(this.#bulkIdleTimer)
    this.#secrets = {}
    this.#failures = 0
    this.#queue.failAll(reason)
    const control = this.#control
    const bulk = this.#bulk
    this.#control = null
    this.#bulk = null
    control?.close()
    bulk?.close()
    await this.#attempt?.catch(() => {})
    this.#setState({
      status: 'disconnected',
      connected_at: null,
      last_error: null,
      refused_host_key: null,
    })
  }

  /**
   * Starts a command in its turn.
   * @throws DgxError not_connected, too_busy, connection_lost
   */
  async openCommand(
    command: string,
    options: { kind: SlotKind; signal?: AbortSignal | undefined },
  ): Promise<CommandChannel> {
    return this.#openInTurn((connection) => connection.openChannel(command), {
      ...options,
      timeoutMs: QUEUE_TIMEOUT_MS,
    })
  }

  /**
   * Starts a login shell on a terminal, in a place for streams.
   * @throws DgxError too_busy when the machine has its most terminals; terminal_refused, and as
   *   `openCommand`
   */
  async openShell(
    size: TerminalSize,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<ShellChannel> {
    if (this.#shells.size >= MOST_SHELLS) {
      throw new DgxError(
        'too_busy',
        `${MOST_SHELLS} terminals are open on ${this.target.hostname}, the most at once. Close one first.`,
      )
    }
    const shell: { hangUp?: () => void } = {}
    this.#shells.add(shell)
    try {
      const { channel, release } = await this.#openInTurn(
        (connection) => connection.openShell(size),
        { kind: 'stream', signal: options.signal, timeoutMs: SHELL_TIMEOUT_MS },
      )
      const hangUp = () => {
        // A page that is loaded again must not find its own terminals in the way.
        this.#shells.delete(shell)
        channel.close()
        // A paused reader would never see the end.
        channel.resume()
      }
      shell.hangUp = hangUp
      return {
        channel,
        hangUp,
        release: () => {
          this.#shells.delete(shell)
          release()
        },
      }
    } catch (error) {
      this.#shells.delete(shell)
      throw error
    }
  }

  /** Hangs up every terminal. */
  closeShells(): void {
    for (const { hangUp } of [...this.#shells]) hangUp?.()
  }

  async #openInTurn(
    open: (connection: SshConnection) => Promise<ClientChannel>,
    options: { kind: SlotKind; signal?: AbortSignal | undefined; timeoutMs: number },
  ): Promise<CommandChannel> {
    const { kind, signal } = options
    const deadline = Date.now() + options.timeoutMs
    for (let refusals = 0; ; refusals += 1) {
      await this.#ready(signal)
      const slot = await this.#queue.acquire({
        kind,
        timeoutMs: Math.max(1, deadline - Date.now()),
        signal,
      })
      try {
        // A server with MaxSessions 1 has given its one session to the sampler.
        const isControlFull =
          refusals >= REFUSALS_BEFORE_LOWERING && this.#queue.held('control') <= 1
        const role = isControlFull ? 'bulk' : slot.role
        const connection = await this.#connection(role)
        const channel = await open(connection)
        return { channel, release: () => this.#release(slot.release) }
      } catch (error) {
        if (error instanceof ChannelRefused) {
          if (refusals >= REFUSALS_BEFORE_LOWERING) this.#queue.lowerLimit(slot.role)
          slot.release()
          if (Date.now() > deadline) {
            throw new DgxError(
              'too_busy',
              `${this.target.hostname} opens no further session (${error.message}); its sshd's MaxSessions may be used up by other programs. Retry later.`,
            )
          }
          // The command did not start, so trying again is safe; sshd needs a moment to free one.
          await delay(Math.min(5 * 2 ** refusals, 200), undefined, signal ? { signal } : {})
          continue
        }
        slot.release()
        throw error
      }
    }
  }

  /**
   * Starts a command outside the queue, in the room that is always kept: the sampler, kills.
   * @throws DgxError not_connected, connection_lost, too_busy
   */
  async openReserved(command: string): Promise<ClientChannel> {
    for (let refusals = 0; ; refusals += 1) {
      const connection = await this.#connection(refusals < 5 ? 'control' : 'bulk')
      try {
        return await connection.openChannel(command)
      } catch (error) {
        if (!(error instanceof ChannelRefused)) throw error
        if (refusals >= 10) {
          throw new DgxError(
            'too_busy',
            `${this.target.hostname} opens no further session: ${error.message}.`,
          )
        }
        await delay(20 * (refusals + 1))
      }
    }
  }

  #release(release: () => void): void {
    release()
    if (this.#bulk && this.#queue.held('bulk') === 0) {
      clearTimeout(this.#bulkIdleTimer)
      this.#bulkIdleTimer = setTimeout(() => {
        if (this.#queue.held('bulk') === 0) this.#bulk?.close()
      }, BULK_IDLE_MS)
      this.#bulkIdleTimer.unref()
    }
  }

  /** Resolves when connected; waits only for an attempt that is under way. */
  async #ready(signal?: AbortSignal): Promise<void> {
    if (this.#control && !this.#control.isClosed) return
    if (this.#attempt) await abortable(this.#attempt, signal)
    if (this.#control && !this.#control.isClosed) return
    throw this.#notConnected()
  }

  #notConnected(): DgxError {
    const { status, last_error } = this.#state
    const name = this.target.hostname
    if (status === 'reconnecting') {
      return new DgxError(
        'not_connected',
        `${name} is not connected now and is being tried again. ${last_error?.message ?? ''}`.trim(),
      )
    }
    if (status === 'error' && last_error) {
      return new DgxError('not_connected', `${name} is not connected. ${last_error.message}`)
    }
    return new DgxError(
      'not_connected',
      `${name} is not connected. POST /api/dgx/connect/${this.target.id} first.`,
    )
  }

  async #connection(role: Role): Promise<SshConnection> {
    if (role === 'control') {
      if (this.#control && !this.#control.isClosed) return this.#control
      throw this.#notConnected()
    }
    if (this.#bulk && !this.#bulk.isClosed) return this.#bulk
    this.#bulkAttempt ??= this.#openConnection()
      .then((connection) => {
        this.#bulk = connection
        connection.onClose(() => {
          if (this.#bulk === connection) this.#bulk = null
        })
        return connection
      })
      .finally(() => {
        this.#bulkAttempt = null
      })
    return this.#bulkAttempt
  }

  async #openConnection(): Promise<SshConnection> {
    const wanted = this.#wanted
    if (!wanted) throw this.#notConnected()
    const { connectLimit, target, hostKeys, policy } = this.#options
    const { signal } = wanted
    const connection = await connectLimit(() => {
      signal.throwIfAborted()
      return SshConnection.open({ target, secrets: this.#secrets, hostKeys, policy, signal })
    })
    if (signal.aborted) {
      connection.close()
      throw signal.reason
    }
    return connection
  }

  #open(): Promise<void> {
    clearTimeout(this.#retryTimer)
    this.#attempt ??= this.#tryOpen().finally(() => {
      this.#attempt = null
    })
    return this.#attempt
  }

  async #tryOpen(): Promise<void> {
    const wanted = this.#wanted
    this.#setState({ status: this.#failures > 0 ? 'reconnecting' : 'connecting' })
    try {
      const connection = await this.#openConnection()
      this.#control = connection
      this.#setState({
        status: 'connected',
        connected_at: new Date().toISOString(),
        last_error: null,
        host_key_fingerprint: connection.hostKey.fingerprint,
        host_key_type: connection.hostKey.keyType,
        is_first_contact: connection.isFirstContact,
        refused_host_key: null,
      })
      connection.onClose(() => this.#onControlLost(connection))
    } catch (error) {
      if (!wanted || wanted.signal.aborted) throw error
      this.#fail(error)
      throw error
    }
  }

  #onControlLost(connection: SshConnection): void {
    if (this.#control !== connection) return
    this.#control = null
    const connectedAt = this.#state.connected_at
    const wasStable = connectedAt !== null && Date.now() - Date.parse(connectedAt) > STABLE_AFTER_MS
    if (wasStable) this.#failures = 0
    this.#fail(
      new DgxError(
        'connection_lost',
        `The connection to ${this.target.hostname} was lost; it is being opened again.`,
      ),
    )
  }

  /** Tells what went wrong and, where it may pass, tries again later. */
  #fail(error: unknown): void {
    const known = isDgxError(error)
    const code = known ? error.code : 'internal'
    const willRetry = PASSING.has(code)
    this.#setState({
      status: willRetry ? 'reconnecting' : 'error',
      connected_at: null,
      last_error: {
        code,
        message: error instanceof Error ? error.message : String(error),
        at: new Date().toISOString(),
      },
      refused_host_key: known && isRefusedHostKey(error.data) ? error.data : null,
    })
    if (!willRetry) return
    const step = BACKOFF_S[Math.min(this.#failures, BACKOFF_S.length - 1)] ?? 60
    this.#failures += 1
    const jitter = 0.7 + Math.random() * 0.6
    clearTimeout(this.#retryTimer)
    this.#retryTimer = setTimeout(() => void this.#open().catch(() => {}), step * 1_000 * jitter)
    this.#retryTimer.unref()
  }

  #setState(change: Partial<ConnectionState>): void {
    this.#state = { ...this.#state, ...change }
    this.#options.onState(this.#state)
  }
}

function isRefusedHostKey(data: unknown): data is RefusedHostKey {
  return typeof data === 'object' && data !== null && 'host_key' in data
}

function abortable<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

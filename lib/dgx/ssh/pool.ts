import { setTimeout as delay } from 'node:timers/promises'
import pLimit from 'p-limit'
import type { HostKeyStore } from './connection'
import type { HostKeyPolicy } from './handshake'
import { HostPool } from './host-pool'
import type { ConnectionState } from './schema'
import type { SshTarget } from './target'

/** More at once trips sshd's MaxStartups and starves this program's own event loop. */
const CONCURRENT_HANDSHAKES = 8
const DRAIN_MS = 2_500

export type SshPoolOptions = {
  hostKeys: HostKeyStore
  policy: HostKeyPolicy
  onState: (connectionId: string, state: ConnectionState) => void
}

/** The connections to all machines, by connection id. */
export class SshPool {
  readonly #hosts = new Map<string, HostPool>()
  readonly #connectLimit = pLimit(CONCURRENT_HANDSHAKES)
  readonly #options: SshPoolOptions

  constructor(options: SshPoolOptions) {
    this.#options = options
  }

  /** The machine's pool if it was ever asked for in this run. */
  find(connectionId: string): HostPool | undefined {
    return this.#hosts.get(connectionId)
  }

  /** The machine's pool; a target that has changed gets a new one, the old one is disconnected. */
  async host(target: SshTarget): Promise<HostPool> {
    const existing = this.#hosts.get(target.id)
    if (existing && isSameTarget(existing.target, target)) return existing
    if (existing) await this.remove(target.id)
    const { hostKeys, policy, onState } = this.#options
    const host = new HostPool({
      target,
      hostKeys,
      policy,
      connectLimit: this.#connectLimit,
      onState: (state) => onState(target.id, state),
    })
    this.#hosts.set(target.id, host)
    return host
  }

  async remove(connectionId: string): Promise<void> {
    const host = this.#hosts.get(connectionId)
    this.#hosts.delete(connectionId)
    await host?.disconnect()
  }

  /**
   * Disconnects every machine. Commands whose callers are gone get a moment to be ended there:
   * without a connection nobody could.
   */
  async stop(): Promise<void> {
    for (const host of this.#hosts.values()) host.closeShells()
    const idle = Promise.all([...this.#hosts.values()].map((host) => host.idle()))
    await Promise.race([idle, delay(DRAIN_MS, undefined, { ref: false })])
    await Promise.all([...this.#hosts.keys()].map((id) => this.remove(id)))
  }
}

function isSameTarget(a: SshTarget, b: SshTarget): boolean {
  return (
    a.hostname === b.hostname &&
    a.port === b.port &&
    a.username === b.username &&
    a.ssh_key_path === b.ssh_key_path
  )
}

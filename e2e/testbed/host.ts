import pLimit from 'p-limit'
import type { HostKeyPolicy } from '@/lib/dgx/ssh/handshake'
import type { HostKey } from '@/lib/dgx/ssh/host-keys'
import { HostPool } from '@/lib/dgx/ssh/host-pool'
import type { ConnectionState } from '@/lib/dgx/ssh/schema'
import type { Sshd } from './sshd'

/** A machine's pool with its host keys in memory, and its states to wait for. */
export function poolFor(
  sshd: Pick<Sshd, 'hostname' | 'port' | 'username' | 'keyPath'>,
  options: {
    policy?: HostKeyPolicy
    port?: number
    username?: string
    keyPath?: string | null
  } = {},
) {
  const keys: HostKey[] = []
  const waiters = new Set<(state: ConnectionState) => void>()
  const host = new HostPool({
    target: {
      id: 'machine',
      hostname: sshd.hostname,
      port: options.port ?? sshd.port,
      username: options.username ?? sshd.username,
      ssh_key_path: options.keyPath === undefined ? sshd.keyPath : options.keyPath,
    },
    hostKeys: {
      list: async (_, address) => keys.filter((key) => key.address === address),
      add: async (_, key) => {
        keys.push(key)
      },
    },
    policy: options.policy ?? 'accept-new',
    connectLimit: pLimit(8),
    onState: (state) => {
      for (const waiter of [...waiters]) waiter(state)
    },
  })
  /** Resolves with the first state, from now on, of which `test` is true. */
  const state = (test: (state: ConnectionState) => boolean) =>
    new Promise<ConnectionState>((resolve) => {
      if (test(host.state)) return resolve(host.state)
      const waiter = (next: ConnectionState) => {
        if (!test(next)) return
        waiters.delete(waiter)
        resolve(next)
      }
      waiters.add(waiter)
    })
  return { host, keys, state }
}

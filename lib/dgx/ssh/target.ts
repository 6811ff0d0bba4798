/** Where and as whom to connect, as the person wrote it. */
export type SshTarget = {
  /** The connection's id: host keys are pinned to it. */
  id: string
  hostname: string
  port: number
  username: string
  ssh_key_path: string | null
}

/** Asked per connect, held in memory only while the machine is kept connected, never stored. */
export type SshSecrets = {
  passphrase?: string | undefined
  password?: string | undefined
}

/** One machine on the way, after the user's ssh config has been applied. */
export type SshHop = {
  host: string
  port: number
  username: string
  /** Keys to offer, in order. When `onlyIdentities`, nothing else is offered. */
  identityFiles: string[]
  onlyIdentities: boolean
  /** Path of the agent's socket; null when there is none. */
  agentSocket: string | null
  /** Under which name the host's key is looked up: `HostKeyAlias` or the host. */
  hostKeyAlias: string | null
  knownHostsFiles: string[]
}

export type SshRoute = {
  /** To open one after another; the last is the machine itself. */
  hops: SshHop[]
  /** A command whose stdin and stdout are the wire to the first hop (`ProxyCommand`). */
  proxyCommand: string | null
}

/** A host as known_hosts writes it: the port only when it is not 22. */
export function hostAddress(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`
}

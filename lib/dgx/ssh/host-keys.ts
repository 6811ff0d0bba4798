import { createHash } from 'node:crypto'
import ssh2 from 'ssh2'
import type { KnownHostKey } from './known-hosts'

/** A host key as it was presented or pinned. */
export type HostKey = {
  address: string
  keyType: string
  keyBase64: string
  /** `SHA256:…`, as ssh prints it. */
  fingerprint: string
}

/** What we already know of one address: our own pins and the user's known_hosts. */
export type KnownKeys = {
  pins: HostKey[]
  knownHosts: KnownHostKey[]
}

export type HostKeyVerdict =
  | { kind: 'trusted' }
  | { kind: 'new' }
  | { kind: 'changed'; expected: string; source: string }
  | { kind: 'revoked'; source: string }

export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

export function readHostKey(address: string, key: Buffer): HostKey {
  const parsed = ssh2.utils.parseKey(key)
  const type = parsed instanceof Error ? 'unknown' : parsed.type
  return {
    address,
    keyType: type,
    keyBase64: key.toString('base64'),
    fingerprint: fingerprint(key),
  }
}

/**
 * Judges a presented key. Fails closed: a host that is known, by whatever type of key, and
 * presents none of its known keys has changed. Our own pins come first, because a person
 * accepted them for exactly this machine.
 */
export function judgeHostKey(presented: HostKey, known: KnownKeys): HostKeyVerdict {
  const revoked = known.knownHosts.find(
    (line) => line.marker === 'revoked' && line.keyBase64 === presented.keyBase64,
  )
  if (revoked) return { kind: 'revoked', source: revoked.source }

  if (known.pins.length > 0) {
    if (known.pins.some((pin) => pin.keyBase64 === presented.keyBase64)) return { kind: 'trusted' }
    const pin = known.pins.find((p) => p.keyType === presented.keyType) ?? known.pins[0]
    return { kind: 'changed', expected: pin?.fingerprint ?? '', source: 'this program' }
  }

  // Certificates of hosts are beyond ssh2, so an authority's line can neither accept nor refuse.
  const lines = known.knownHosts.filter((line) => line.marker === null)
  if (lines.length === 0) return { kind: 'new' }
  if (lines.some((line) => line.keyBase64 === presented.keyBase64)) return { kind: 'trusted' }
  const line = lines.find((l) => l.keyType === presented.keyType) ?? lines[0]
  return {
    kind: 'changed',
    expected: fingerprint(Buffer.from(line?.keyBase64 ?? '', 'base64')),
    source: line?.source ?? '',
  }
}

/** In ssh2's default order of preference, see its constants. */
const HOST_KEY_ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
] as const

export type HostKeyAlgorithm = (typeof HOST_KEY_ALGORITHMS)[number]

/**
 * Algorithms to ask for, known key types first: a host known by its RSA key alone would
 * otherwise present another key and look changed.
 */
export function preferKnownTypes(known: KnownKeys): HostKeyAlgorithm[] {
  const types = new Set([
    ...known.pins.map((pin) => pin.keyType),
    ...known.knownHosts.filter((line) => line.marker === null).map((line) => line.keyType),
  ])
  const isKnown = (algorithm: string) =>
    types.has(algorithm) || (types.has('ssh-rsa') && algorithm.startsWith('rsa-sha2-'))
  return [
    ...HOST_KEY_ALGORITHMS.filter((algorithm) => isKnown(algorithm)),
    ...HOST_KEY_ALGORITHMS.filter((algorithm) => !isKnown(algorithm)),
  ]
}

import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** One line of a known_hosts file that speaks of the host asked for. */
export type KnownHostKey = {
  marker: 'revoked' | 'cert-authority' | null
  keyType: string
  keyBase64: string
  /** `file:line`, for the person who has to correct it. */
  source: string
}

/**
 * Lines of known_hosts files for a host. A file that is missing says nothing; one that cannot be
 * read is an error, because it might hold the key that tells an impostor.
 * @param address as known_hosts writes it: `host` or `[host]:port`
 */
export async function lookUpKnownHosts(files: string[], address: string): Promise<KnownHostKey[]> {
  const found: KnownHostKey[] = []
  for (const file of files) {
    let text: string
    try {
      text = await readFile(file, 'utf8')
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) continue
      throw error
    }
    for (const [index, line] of text.split('\n').entries()) {
      const key = parseLine(line, address)
      if (key) found.push({ ...key, source: `${file}:${index + 1}` })
    }
  }
  return found
}

function parseLine(line: string, address: string): Omit<KnownHostKey, 'source'> | null {
  const words = line.trim().split(/[ \t]+/)
  if (words[0] === '' || words[0]?.startsWith('#')) return null
  let marker: KnownHostKey['marker'] = null
  if (words[0] === '@revoked') marker = 'revoked'
  else if (words[0] === '@cert-authority') marker = 'cert-authority'
  else if (words[0]?.startsWith('@')) return null
  if (marker) words.shift()
  const [hosts, keyType, keyBase64] = words
  if (!hosts || !keyType || !keyBase64 || !matchesHosts(hosts, address)) return null
  return { marker, keyType, keyBase64 }
}

function matchesHosts(patterns: string, address: string): boolean {
  if (patterns.startsWith('|1|')) {
    const [, , salt, hash] = patterns.split('|')
    if (!salt || !hash) return false
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(address).digest('base64') === hash
  }
  let matched = false
  for (const pattern of patterns.split(',')) {
    const negated = pattern.startsWith('!')
    if (!matchesPattern(negated ? pattern.slice(1) : pattern, address)) continue
    if (negated) return false
    matched = true
  }
  return matched
}

/** `*` and `?` as in ssh; everything else is itself. Case does not matter in host names. */
function matchesPattern(pattern: string, address: string): boolean {
  const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, (char) =>
    char === '*' ? '.*' : char === '?' ? '.' : `\\${char}`,
  )
  return new RegExp(`^${source}$`, 'i').test(address)
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import ssh2 from 'ssh2'

/** Host keys that stay the same from one demo to the next: a new one would look like an impostor. */
export function hostKeys(dataDir: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const file = path.join(dataDir, `host-key-${i + 1}`)
    if (!existsSync(file)) {
      writeFileSync(file, ssh2.utils.generateKeyPairSync('ed25519').private, { mode: 0o600 })
    }
    return readFileSync(file, 'utf8')
  })
}

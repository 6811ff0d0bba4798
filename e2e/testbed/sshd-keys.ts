import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'

const keygen = (...args: string[]) => execFileSync('ssh-keygen', args, { encoding: 'utf8' })

/** Makes a key pair: the private key at `file`, the public one at `file.pub`. Replaces an older one. */
export function makeKey(file: string, type: string, passphrase = ''): void {
  rmSync(file, { force: true })
  keygen('-q', '-t', type, '-N', passphrase, '-C', 'testbed', '-f', file)
}

/** Puts a given private key and its public one into place. */
export function placeKey(file: string, privateKey: string): void {
  writeFileSync(file, privateKey, { mode: 0o600 })
  writeFileSync(`${file}.pub`, keygen('-y', '-f', file))
}

/** Type and key without the comment, as known_hosts has them. */
export function publicKeyOf(file: string): string {
  return readFileSync(`${file}.pub`, 'utf8').trim().split(' ').slice(0, 2).join(' ')
}

/** `SHA256:...`, as ssh shows it. */
export function fingerprintOf(file: string): string {
  return keygen('-lf', `${file}.pub`).split(' ')[1] ?? ''
}

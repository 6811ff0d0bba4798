import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'

export type SshdProcess = {
  child: ChildProcess
  exited: Promise<unknown>
  /** What it and its connections wrote so far. */
  log(): string
}

/** The server program. Throws with what to install when there is none. */
export function findSshd(): string {
  // Outside of a plain user's PATH on many systems.
  const folders = ['/usr/sbin', '/usr/local/sbin', ...(process.env.PATH ?? '').split(':')]
  const found = folders.map((folder) => path.join(folder, 'sshd')).find(existsSync)
  if (!found) throw new Error('No sshd: install openssh-server (npm test does, as root).')
  return found
}

/**
 * Since 9.8 sshd shuts an address out for a while after failed logins: a test of a wrong key would
 * do that to the tests after it. Older ones do not know the word.
 */
export function withoutPenalties(sshd: string): string[] {
  // Old ones have no -V: they print their version along with the complaint.
  const { stdout, stderr } = spawnSync(sshd, ['-V'], { encoding: 'utf8' })
  const [, major, minor] = /OpenSSH_(\d+)\.(\d+)/.exec(stdout + stderr) ?? []
  const version = Number(major) * 100 + Number(minor)
  return version >= 908 ? ['PerSourcePenalties no'] : []
}

/** Starts sshd in the foreground; resolves when it listens, throws its own words when it ends first. */
export async function runSshd(sshd: string, config: string): Promise<SshdProcess> {
  // Where a privileged sshd drops its privileges; a package's service would make it.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const child = spawn(sshd, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  const events = new EventEmitter()
  let log = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString()
    if (log.includes('Server listening on')) events.emit('listening')
  })
  const exited = once(child, 'exit')
  const ended = once(child, 'close').then(() => {
    throw new Error(`sshd did not start: ${log}`)
  })
  await Promise.race([once(events, 'listening'), ended])
  return { child, exited, log: () => log }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { pathWithoutNvidiaSmi } from './machine-path'
import { processesWith } from './process-tree'
import { type Sshd, type SshdOptions, startSshd } from './sshd'

/** The system's own client, with nothing of anybody's `~/.ssh`; known hosts are pinned to the given key. */
function ssh(sshd: Sshd, command: string, hostPublicKey = sshd.hostPublicKey) {
  const known = path.join(sshd.dir, 'known')
  writeFileSync(known, `[${sshd.hostname}]:${sshd.port} ${hostPublicKey}\n`)
  const options = ['StrictHostKeyChecking=yes', 'BatchMode=yes', 'IdentitiesOnly=yes']
    .concat(`UserKnownHostsFile=${known}`, 'GlobalKnownHostsFile=/dev/null')
    .flatMap((option) => ['-o', option])
  const child = spawn(
    'ssh',
    [
      ...['-F', '/dev/null', ...options, '-i', sshd.keyPath, '-p', String(sshd.port)],
      `${sshd.username}@${sshd.hostname}`,
      command,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const done = once(child, 'close').then(([code]) => ({ code, stdout, stderr }))
  return Object.assign(done, { child, firstOutput: once(child.stdout, 'data') })
}

describe('a real sshd', () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd({ env: { GREETING: 'two words, "quoted"' } })
  })
  afterAll(() => sshd?.stop())

  it('runs commands for its key, and shows the key and fingerprint it has', async () => {
    const { code, stdout, stderr } = await ssh(sshd, 'echo out; echo err >&2; exit 7')
    expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' })
    expect(sshd.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/)
    expect(sshd.log()).toContain('Accepted publickey')
  })

  it('gives commands the environment asked for and a home folder of its own', async () => {
    const { stdout } = await ssh(sshd, 'echo "$GREETING"; echo "$HOME"')
    expect(stdout).toBe(`two words, "quoted"\n${path.join(sshd.dir, 'home')}\n`)
  })

  it('plays another machine from the next command on, also one without nvidia-smi', async () => {
    const name = 'nvidia-smi --query-gpu=name --format=csv,noheader -i 0'
    expect((await ssh(sshd, name)).stdout).toBe('NVIDIA A100-SXM4-80GB\n')
    sshd.setProfile('gb10-idle')
    expect((await ssh(sshd, name)).stdout).toBe('NVIDIA GB10\n')
    sshd.setProfile('missing')
    expect(await ssh(sshd, name)).toMatchObject({
      code: 127,
      stderr: expect.stringContaining('not found'),
    })
    sshd.setProfile('a100x8')
    expect((await ssh(sshd, name)).code).toBe(0)
  })

  it('cuts connections in the middle of a command, and takes new ones', async () => {
    const running = ssh(sshd, 'echo started; sleep 300')
    await running.firstOutput
    expect(sshd.sessions()).toHaveLength(1)
    sshd.killSessions()
    expect(await running).toMatchObject({ code: 255, stdout: 'started\n' })
    await vi.waitFor(() => expect(sshd.sessions()).toEqual([]), 20_000)
    expect((await ssh(sshd, 'echo again')).stdout).toBe('again\n')
  })

  it('comes back on its port with its key, or with a new one that a client refuses', async () => {
    const { port, pid, hostPublicKey, fingerprint } = sshd
    await sshd.restart()
    expect([sshd.port, sshd.fingerprint]).toEqual([port, fingerprint])
    expect(sshd.pid).not.toBe(pid)
    expect((await ssh(sshd, 'true', hostPublicKey)).code).toBe(0)
    await sshd.restart({ newHostKey: true })
    expect(sshd.fingerprint).not.toBe(fingerprint)
    expect(await ssh(sshd, 'true', hostPublicKey)).toMatchObject({
      code: 255,
      stderr: expect.stringContaining(sshd.fingerprint),
    })
    expect((await ssh(sshd, 'true')).code).toBe(0)
  })
})

describe('options and the end of it', () => {
  const started: Sshd[] = []
  const start = async (options: SshdOptions = {}) => {
    const sshd = await startSshd(options)
    started.push(sshd)
    return sshd
  }
  afterEach(async () => {
    for (const sshd of started.splice(0)) if (existsSync(sshd.dir)) await sshd.stop()
  })

  it('leaves nothing behind: detached commands, hanging ones, folder and port', async () => {
    const sshd = await start({ profile: 'hanging' })
    await ssh(sshd, 'setsid sleep 300 > /dev/null 2>&1 < /dev/null & true')
    const hanging = ssh(sshd, 'echo up; exec nvidia-smi -L')
    await hanging.firstOutput
    // A process that is just being replaced by `exec` shows no environment for a moment.
    await expect.poll(() => sshd.processes().length).toBeGreaterThanOrEqual(2)
    const marker = `DGX_TESTBED_STATE=${path.join(sshd.dir, 'state')}`
    await sshd.stop()
    expect(processesWith(marker)).toEqual([])
    expect(existsSync(sshd.dir)).toBe(false)
    await hanging
    // The port is free again: another server starts on it.
    expect((await start({ port: sshd.port })).port).toBe(sshd.port)
  })

  it('uses a given host key again, so that clients know the machine on another port', async () => {
    const first = await start()
    const second = await start({ hostKey: first.hostKey })
    expect(second.fingerprint).toBe(first.fingerprint)
    expect((await ssh(second, 'echo same', first.hostPublicKey)).stdout).toBe('same\n')
  })

  it('offers each host key type asked for, and a locked client key', async () => {
    const sshd = await start({
      hostKeyTypes: ['ecdsa', 'ed25519'],
      clientKey: { type: 'ecdsa', passphrase: 'secret' },
    })
    expect(sshd.hostPublicKey).toMatch(/^ecdsa-sha2-nistp256 /)
    expect(await ssh(sshd, 'true')).toMatchObject({
      code: 255,
      stderr: expect.stringContaining('Permission denied'),
    })
  })

  it("puts the caller's lines before its own, and a Match block last", async () => {
    const sshd = await start({
      maxSessions: 3,
      maxStartups: 4,
      config: ['LogLevel DEBUG1', 'Match User *', '  ForceCommand echo forced'],
    })
    expect((await ssh(sshd, 'echo mine')).stdout).toBe('forced\n')
    expect(sshd.log()).toContain('debug1:')
  })

  it('says why it did not start, and leaves no folder', async () => {
    await expect(startSshd({ config: ['NoSuchWord yes'] })).rejects.toThrow(
      /did not start:.*NoSuchWord/s,
    )
  })

  it('takes the home folder that it is given', async () => {
    const sshd = await start({ home: tmpdir() })
    expect((await ssh(sshd, 'echo $HOME')).stdout).toBe(`${tmpdir()}\n`)
  })
})

it('hides a real nvidia-smi of this computer and nothing else of its folder', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'dgx-path-'))
  const folders = ['with', 'without'].map((name) => path.join(dir, name))
  try {
    for (const folder of folders) {
      mkdirSync(folder)
      writeFileSync(path.join(folder, 'tool'), '')
    }
    writeFileSync(path.join(dir, 'with/nvidia-smi'), '')
    const [mirror = '', same] = pathWithoutNvidiaSmi(folders, dir).split(':')
    expect(same).toBe(folders[1])
    expect(existsSync(path.join(mirror, 'tool'))).toBe(true)
    expect(existsSync(path.join(mirror, 'nvidia-smi'))).toBe(false)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadPrivateKey } from './private-key'

describe('loadPrivateKey', () => {
  let dir: string
  const keygen = (name: string, ...args: string[]) => {
    const file = path.join(dir, name)
    execFileSync('ssh-keygen', ['-q', '-f', file, ...args])
    return file
  }
  const publicBlob = (file: string) => readFileSync(`${file}.pub`, 'utf8').split(' ')[1]
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'dgx-private-'))
  })
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  it.each(['ed25519', 'ecdsa', 'rsa'])('reads a plain %s key', async (type) => {
    const file = keygen(`plain-${type}`, '-t', type, '-N', '')
    const loaded = await loadPrivateKey(file)
    if (loaded.kind !== 'ready') throw new Error('locked')
    expect(loaded.key.getPublicSSH().toString('base64')).toBe(publicBlob(file))
  })

  it.each(['ed25519', 'ecdsa', 'rsa'])(
    'opens an encrypted %s key with its passphrase',
    async (type) => {
      const file = keygen(`locked-${type}`, '-t', type, '-N', 'secret words')
      const loaded = await loadPrivateKey(file, 'secret words')
      if (loaded.kind !== 'ready') throw new Error('locked')
      const data = Buffer.from('challenge')
      const signature = loaded.key.sign(data)
      if (signature instanceof Error) throw signature
      expect(loaded.key.verify(data, signature)).toBe(true)
      expect(loaded.key.getPublicSSH().toString('base64')).toBe(publicBlob(file))
    },
  )

  it('does not stop the event loop while a costly passphrase is checked', async () => {
    const file = keygen('costly', '-t', 'ed25519', '-a', '60', '-N', 'pw')
    let turns = 0
    const ticking = setInterval(() => {
      turns += 1
    }, 10)
    const loaded = await loadPrivateKey(file, 'pw')
    clearInterval(ticking)
    expect(loaded.kind).toBe('ready')
    // The 60 rounds take about a second. On the event loop they would leave no turn between.
    expect(turns).toBeGreaterThan(5)
  })

  it('says which public key a locked file belongs to, for the agent', async () => {
    const file = keygen('agent', '-t', 'ed25519', '-N', 'pw')
    const blob = publicBlob(file)
    rmSync(`${file}.pub`)
    const loaded = await loadPrivateKey(file)
    expect(loaded).toMatchObject({ kind: 'locked' })
    if (loaded.kind === 'locked') expect(loaded.publicBlob?.toString('base64')).toBe(blob)
  })

  it('says so when the passphrase is wrong', async () => {
    const file = keygen('wrong', '-t', 'ed25519', '-N', 'pw')
    await expect(loadPrivateKey(file, 'other')).rejects.toMatchObject({
      code: 'ssh_passphrase_wrong',
    })
  })

  it.each(['rsa', 'ec', 'ed25519'] as const)(
    'reads PKCS#8 (%s), plain and encrypted',
    async (type) => {
      const { privateKey } =
        type === 'rsa'
          ? generateKeyPairSync('rsa', { modulusLength: 2048 })
          : type === 'ec'
            ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
            : generateKeyPairSync('ed25519')
      for (const cipher of [undefined, 'aes-256-cbc']) {
        const file = path.join(dir, `pkcs8-${type}-${cipher}`)
        const options = {
          type: 'pkcs8',
          format: 'pem',
          ...(cipher ? { cipher, passphrase: 'pw' } : {}),
        } as const
        writeFileSync(file, privateKey.export(options), { mode: 0o600 })
        const loaded = await loadPrivateKey(file, cipher ? 'pw' : undefined)
        expect(loaded.kind).toBe('ready')
      }
    },
  )

  it('names a missing file', async () => {
    const file = path.join(dir, 'nowhere')
    await expect(loadPrivateKey(file)).rejects.toMatchObject({
      code: 'ssh_key_missing',
      message: expect.stringContaining(file),
    })
  })

  it('refuses a file that others can read, with the command that mends it', async () => {
    const file = keygen('open', '-t', 'ed25519', '-N', '')
    chmodSync(file, 0o644)
    await expect(loadPrivateKey(file)).rejects.toMatchObject({
      code: 'ssh_key_permissions',
      message: expect.stringContaining('chmod 600'),
    })
  })

  it('tells a public key and garbage from a private key', async () => {
    const file = keygen('pair', '-t', 'ed25519', '-N', '')
    chmodSync(`${file}.pub`, 0o600)
    await expect(loadPrivateKey(`${file}.pub`)).rejects.toMatchObject({
      code: 'ssh_key_unsupported',
    })
    const garbage = path.join(dir, 'garbage')
    writeFileSync(garbage, 'not a key', { mode: 0o600 })
    await expect(loadPrivateKey(garbage)).rejects.toMatchObject({ code: 'ssh_key_unsupported' })
  })
})

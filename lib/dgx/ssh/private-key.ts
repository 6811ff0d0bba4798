import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import ssh2, { type ParsedKey } from 'ssh2'
import { DgxError } from '../errors'
import { quote } from './quote'

export type PrivateKey =
  | { kind: 'ready'; key: ParsedKey }
  /** Encrypted, and no passphrase was given; `publicBlob` finds it in the agent. */
  | { kind: 'locked'; publicBlob: Buffer | null }

/**
 * Reads a private key file: OpenSSH, PEM, PKCS#8 or PuTTY format, encrypted or not. Encrypted
 * ones are opened in a worker thread, because their key derivation is slow by design and would
 * stop the event loop for up to seconds.
 * @throws DgxError ssh_key_missing, ssh_key_permissions, ssh_key_unsupported, ssh_passphrase_wrong
 */
export async function loadPrivateKey(file: string, passphrase?: string): Promise<PrivateKey> {
  const text = await readKeyFile(file)
  const plain = parse(text)
  if (!(plain instanceof Error)) {
    // A public key where the private one belongs is a common slip.
    if (plain.isPrivateKey()) return { kind: 'ready', key: plain }
    throw new DgxError(
      'ssh_key_unsupported',
      `${file} is a public key. Set ssh_key_path to the private key beside it (usually the same name without .pub).`,
    )
  }
  if (!isEncrypted(text, plain)) throw unsupported(file, plain.message)
  if (passphrase === undefined) return { kind: 'locked', publicBlob: await publicBlob(file, text) }
  const opened = await decrypt(text, passphrase)
  if (typeof opened === 'string') {
    const key = parse(opened)
    if (!(key instanceof Error)) return { kind: 'ready', key }
    throw unsupported(file, key.message)
  }
  if (/integrity|passphrase|decrypt|bad password|malformed/i.test(opened.message)) {
    throw new DgxError(
      'ssh_passphrase_wrong',
      `The passphrase does not open ${file}. Connect again with the right one.`,
    )
  }
  throw unsupported(file, opened.message)
}

async function readKeyFile(file: string): Promise<string> {
  let mode: number
  let text: string
  try {
    mode = (await stat(file)).mode
    text = await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM') {
      throw new DgxError(
        'ssh_key_permissions',
        `The key file ${file} may not be read by this program's user. Make it yours: chmod 600 ${quote(file)}`,
        { cause: error },
      )
    }
    throw new DgxError(
      'ssh_key_missing',
      `The key file ${file} ${code === 'ENOENT' ? 'does not exist' : 'cannot be read'} on this computer. Correct ssh_key_path, or leave it out to use the agent and your default keys.`,
      { cause: error },
    )
  }
  // The same rule as ssh's, which ignores such keys: whoever can read it can be you.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new DgxError(
      'ssh_key_permissions',
      `The key file ${file} can be read by others (mode ${(mode & 0o777).toString(8)}). Run: chmod 600 ${quote(file)}`,
    )
  }
  return text
}

function unsupported(file: string, reason: string): DgxError {
  return new DgxError(
    'ssh_key_unsupported',
    `The key file ${file} cannot be used (${reason}). Security keys (sk-*) and PuTTY v3 files are not supported; an agent can hold them, or convert a file with: ssh-keygen -p -f ${quote(file)}`,
  )
}

function parse(text: string): ParsedKey | Error {
  const parsed = ssh2.utils.parseKey(text)
  if (!(parsed instanceof Error) || !text.includes('-----BEGIN PRIVATE KEY-----')) return parsed
  try {
    return ssh2.utils.parseKey(toSsh2Format(createPrivateKey(text)))
  } catch (error) {
    return error as Error
  }
}

function isEncrypted(text: string, error: Error): boolean {
  return /encrypted/i.test(error.message) || text.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----')
}

/** What ssh2 reads: PKCS#1 and SEC1, and OpenSSH's own format for Ed25519. */
function toSsh2Format(key: KeyObject): string {
  if (key.asymmetricKeyType === 'rsa')
    return key.export({ type: 'pkcs1', format: 'pem' }).toString()
  if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }).toString()
  if (key.asymmetricKeyType === 'ed25519') return openSshEd25519(key)
  throw new Error(`Unsupported key type ${key.asymmetricKeyType}`)
}

function openSshEd25519(key: KeyObject): string {
  const jwk = key.export({ format: 'jwk' })
  const publicKey = Buffer.from(jwk.x ?? '', 'base64url')
  const secret = Buffer.from(jwk.d ?? '', 'base64url')
  const field = (value: string | Buffer) => {
    const bytes = Buffer.from(value)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  const count = Buffer.from([0, 0, 0, 1])
  const type = 'ssh-ed25519'
  const secrets = Buffer.concat([
    Buffer.alloc(8), // The check number twice: it only tells a wrong passphrase, and there is none.
    field(type),
    field(publicKey),
    field(Buffer.concat([secret, publicKey])),
    field(''),
  ])
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, (8 - (secrets.length % 8)) % 8)
  const blob = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    count,
    field(Buffer.concat([field(type), field(publicKey)])),
    field(Buffer.concat([secrets, padding])),
  ])
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? []
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

/** Runs in the worker, which finds ssh2 from the working directory. */
const DECRYPT = `
const { parentPort, workerData } = require('node:worker_threads')
const { createPrivateKey } = require('node:crypto')
const { utils } = require('ssh2')
const { text, passphrase } = workerData
try {
  let pem
  if (text.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----')) {
    pem = createPrivateKey({ key: text, passphrase }).export({ type: 'pkcs8', format: 'pem' })
  } else {
    const key = utils.parseKey(text, passphrase)
    if (key instanceof Error) throw key
    pem = key.getPrivatePEM()
  }
  parentPort.postMessage({ pem })
} catch (error) {
  parentPort.postMessage({ error: error.message })
}
`

/** The key in the clear, in memory only; or why it could not be opened. */
function decrypt(text: string, passphrase: string): Promise<string | Error> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(DECRYPT, { eval: true, workerData: { text, passphrase } })
    worker.once('message', (message: { pem?: string; error?: string }) => {
      resolve(message.pem ?? new Error(message.error))
      void worker.terminate()
    })
    worker.once('error', reject)
  })
}

/** The public half of a locked key: from the `.pub` beside it or the clear part of OpenSSH's format. */
async function publicBlob(file: string, text: string): Promise<Buffer | null> {
  const beside = await readFile(`${file}.pub`, 'utf8').catch(() => '')
  const base64 = beside.split(/\s+/)[1]
  if (base64) return Buffer.from(base64, 'base64')
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+)-----END/.exec(text)?.[1]
  if (!body) return null
  const blob = Buffer.from(body.replace(/\s+/g, ''), 'base64')
  let offset = 'openssh-key-v1\0'.length
  const next = () => {
    const length = blob.readUInt32BE(offset)
    const value = blob.subarray(offset + 4, offset + 4 + length)
    offset += 4 + length
    return value
  }
  try {
    next() // cipher
    next() // key derivation
    next() // its options
    offset += 4 // number of keys
    return Buffer.from(next())
  } catch {
    return null
  }
}

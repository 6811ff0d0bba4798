import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Sshd, startSshd } from '@/e2e/testbed/sshd'
import { TEST_STEPS, type TestEvent } from './answers'
import { streamConnectionTest, testConnection } from './test'

const PASSPHRASE = 'open sesame'
const before = { HOME: process.env.HOME, SSH_AUTH_SOCK: process.env.SSH_AUTH_SOCK }

describe('the connection test', () => {
  let home: string
  let sshd: Sshd | undefined
  beforeAll(() => {
    home = mkdtempSync(path.join(tmpdir(), 'dgx-home-'))
    process.env.HOME = home
    delete process.env.SSH_AUTH_SOCK
  })
  afterEach(async () => {
    await sshd?.stop()
    sshd = undefined
  })
  afterAll(() => {
    Object.assign(process.env, before)
    rmSync(home, { recursive: true, force: true })
  })

  const collect = async (events: AsyncGenerator<TestEvent>) => {
    const all: TestEvent[] = []
    for await (const event of events) all.push(event)
    return all
  }
  const inShort = (events: TestEvent[]) =>
    events.map((event) => (event.type === 'step' ? `${event.step} ${event.status}` : 'result'))

  it('says each step as it begins and as it is done, then all of it', async () => {
    sshd = await startSshd()
    const events = await collect(await streamConnectionTest(sshd.target))
    expect(inShort(events)).toEqual([
      ...TEST_STEPS.flatMap((step) => [`${step} running`, `${step} ok`]),
      'result',
    ])
    expect(events.at(-1)).toMatchObject({
      ok: true,
      host_key: { type: 'ssh-ed25519', fingerprint: sshd.fingerprint, is_new: true },
    })
  })

  it('skips what comes after a failure, and gives the same in one answer', async () => {
    sshd = await startSshd()
    const input = { ...sshd.target, username: 'nobody-of-that-name' }
    const expected = {
      ok: false,
      steps: [
        { step: 'resolve', status: 'ok' },
        { step: 'tcp', status: 'ok' },
        { step: 'host_key', status: 'ok' },
        { step: 'authentication', status: 'failed', code: 'ssh_auth_failed' },
        { step: 'shell', status: 'skipped' },
        { step: 'nvidia_smi', status: 'skipped' },
      ],
    }
    expect((await collect(await streamConnectionTest(input))).at(-1)).toMatchObject(expected)
    expect(await testConnection(input)).toMatchObject(expected)
  })

  it('claims nothing of a host key that it did not come to see', async () => {
    sshd = await startSshd({ clientKey: { passphrase: PASSPHRASE } })
    const { steps, host_key } = await testConnection(sshd.target)
    expect(steps.slice(2, 4)).toMatchObject([
      { step: 'host_key', status: 'skipped' },
      { step: 'authentication', status: 'failed', code: 'ssh_passphrase_required' },
    ])
    expect(host_key).toBeNull()
    const opened = await testConnection({ ...sshd.target, passphrase: PASSPHRASE })
    expect(opened.ok).toBe(true)
  })

  it('fails at nvidia-smi alone where there is none', async () => {
    sshd = await startSshd({ profile: 'missing' })
    const { ok, steps } = await testConnection(sshd.target)
    expect(ok).toBe(false)
    expect(steps.slice(-2)).toMatchObject([
      { step: 'shell', status: 'ok' },
      { step: 'nvidia_smi', status: 'failed', code: 'nvidia_smi_missing' },
    ])
  })

  it('ends with a caller who leaves in the middle', async () => {
    let hangUp = () => {}
    const isHungUp = new Promise<void>((resolve) => {
      hangUp = resolve
    })
    // Takes connections and never says a word, so that the handshake waits.
    const silent = net.createServer((socket) => {
      socket.once('close', () => hangUp())
      socket.resume()
    })
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as net.AddressInfo
    try {
      const input = { hostname: '127.0.0.1', port, username: 'somebody', ssh_key_path: null }
      for await (const event of await streamConnectionTest(input)) {
        if (event.type === 'step' && event.step === 'host_key') break
      }
      await isHungUp
    } finally {
      silent.close()
    }
  })
})

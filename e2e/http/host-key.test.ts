import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type App, startApp } from '../app'
import { type Sshd, startSshd } from '../testbed/sshd'

describe('host keys over HTTP', () => {
  let app: App
  let sshd: Sshd
  const connection = (name: string) => ({ name, ...sshd.target })
  beforeAll(async () => {
    app = await startApp({ HOST_KEY_POLICY: 'ask' })
    sshd = await startSshd()
  })
  afterEach(async () => {
    await app.call('POST', 'disconnect/box')
  })
  afterAll(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
  })

  it('asks at first contact, takes exactly the fingerprint that was shown, then connects', async () => {
    await app.call('POST', 'connections', connection('box'))
    const asked = await app.call('POST', 'connect/box')
    expect([asked.status, asked.body.code]).toEqual([409, 'host_key_unknown'])
    expect(asked.body.data.host_key.fingerprint).toBe(sshd.fingerprint)
    const wrong = await app.call('POST', 'connections/box/trust', {
      fingerprint: 'SHA256:somethingelse',
    })
    expect([wrong.status, wrong.body.code]).toEqual([409, 'host_key_mismatch'])
    const trusted = await app.call('POST', 'connections/box/trust', {
      fingerprint: sshd.fingerprint,
    })
    expect(trusted.body.data).toMatchObject({
      status: 'connected',
      host_key_fingerprint: sshd.fingerprint,
    })
  })

  it('refuses a changed key, remembers that over a restart, and takes the new one only when told', async () => {
    await app.call('POST', 'connect/box')
    await sshd.restart({ newHostKey: true })
    await vi.waitFor(async () => {
      const { body } = await app.call('GET', 'status/box')
      expect(body.data.last_error?.code).toBe('host_key_changed')
    }, 20_000)
    await app.stop()
    await app.start()
    const refused = await app.call('POST', 'connect/box')
    expect([refused.status, refused.body.code]).toEqual([409, 'host_key_changed'])
    expect(refused.body.data).toMatchObject({
      host_key: { fingerprint: sshd.fingerprint },
      expected_fingerprint: expect.stringMatching(/^SHA256:/),
    })
    const trusted = await app.call('POST', 'connections/box/trust', {
      fingerprint: sshd.fingerprint,
    })
    expect(trusted.body.data.status).toBe('connected')
  })

  it('tests a connection step by step without saving anything', async () => {
    const { target } = sshd
    const { body } = await app.call('POST', 'connections/test', target)
    const steps = body.data.steps.map(({ step, status }: { step: string; status: string }) => [
      step,
      status,
    ])
    expect(steps).toEqual([
      ['resolve', 'ok'],
      ['tcp', 'ok'],
      ['host_key', 'failed'],
      ['authentication', 'skipped'],
      ['shell', 'skipped'],
      ['nvidia_smi', 'skipped'],
    ])
    expect(body.data.host_key.fingerprint).toBe(sshd.fingerprint)
    expect((await app.call('GET', 'connections')).body.data).toHaveLength(1)
    // The keys that were accepted for a saved connection count, when it is named.
    const known = await app.call('POST', 'connections/test', { ...target, connection_id: 'box' })
    expect(known.body.data.ok).toBe(true)
  })
})

describe('a connection test under the default policy', () => {
  it('goes all the way to nvidia-smi, or says which step fails', async () => {
    const [app, sshd] = await Promise.all([startApp(), startSshd()])
    try {
      const { target } = sshd
      const good = (await app.call('POST', 'connections/test', target)).body.data
      expect(good.ok).toBe(true)
      expect(good.steps.at(-1).message).toContain('NVIDIA A100-SXM4-80GB')
      const failing = async (change: object) => {
        const { data } = (await app.call('POST', 'connections/test', { ...target, ...change })).body
        const { step, code } = data.steps.find(
          ({ status }: { status: string }) => status === 'failed',
        )
        return [data.ok, step, code]
      }
      expect(await failing({ username: 'nobody-here' })).toEqual([
        false,
        'authentication',
        'ssh_auth_failed',
      ])
      expect(await failing({ ssh_key_path: '/no/key' })).toEqual([
        false,
        'authentication',
        'ssh_key_missing',
      ])
      expect(await failing({ hostname: 'no-such-host.invalid' })).toEqual([
        false,
        'tcp',
        'ssh_unreachable',
      ])
      sshd.setProfile('driver-mismatch')
      expect(await failing({})).toEqual([false, 'nvidia_smi', 'nvidia_smi_failed'])
    } finally {
      await app.stop()
      await sshd.stop()
      app.remove()
    }
  })
})

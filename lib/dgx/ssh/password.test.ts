import { once } from 'node:events'
import type net from 'node:net'
import ssh2, { type AuthContext } from 'ssh2'
import { afterEach, describe, expect, it } from 'vitest'
import { poolFor } from '@/e2e/testbed/host'
import { startSshd } from '@/e2e/testbed/sshd'

/** A server of ssh2's own class that takes one way to sign in; sshd's would need a system account. */
async function serverThatTakes(method: 'password' | 'keyboard-interactive', password: string) {
  const answers: string[] = []
  const server = new ssh2.Server(
    { hostKeys: [ssh2.utils.generateKeyPairSync('ed25519').private] },
    (connection) => {
      connection.on('error', () => {})
      connection.on('authentication', (context: AuthContext) => {
        if (context.method !== method) return context.reject([method])
        if (context.method === 'password') {
          return context.password === password ? context.accept() : context.reject([method])
        }
        context.prompt([{ prompt: 'Password: ', echo: false }], (given) => {
          answers.push(...given)
          if (given[0] === password) context.accept()
          else context.reject([method])
        })
      })
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  return { port, answers, close: () => server.close() }
}

describe('a server that takes only a password', () => {
  const ends: Array<() => unknown> = []
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
  })

  it('is told apart from a refused key, with what to do', async () => {
    const sshd = await startSshd({
      config: ['PubkeyAuthentication no', 'PasswordAuthentication yes'],
    })
    ends.push(() => sshd.stop())
    const { host } = poolFor(sshd)
    ends.push(() => host.disconnect())
    await expect(host.connect()).rejects.toMatchObject({
      code: 'ssh_password_required',
      message: expect.stringContaining('"password"'),
    })
  })

  it.each(['password', 'keyboard-interactive'] as const)(
    'lets in who gives it when asked (%s), and remembers it only until disconnect',
    async (method) => {
      const server = await serverThatTakes(method, 'open sesame')
      ends.push(server.close)
      const { host } = poolFor(
        { hostname: '127.0.0.1', port: server.port, username: 'demo', keyPath: '' },
        { keyPath: null },
      )
      ends.unshift(() => host.disconnect())
      await expect(host.connect()).rejects.toMatchObject({ code: 'ssh_password_required' })
      await expect(host.connect({ password: 'wrong' })).rejects.toMatchObject({
        code: 'ssh_auth_failed',
      })
      await host.connect({ password: 'open sesame' })
      expect(host.state.status).toBe('connected')
      await host.disconnect()
      await expect(host.connect()).rejects.toMatchObject({ code: 'ssh_password_required' })
    },
  )
})

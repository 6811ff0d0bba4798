import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { poolFor } from '@/e2e/testbed/host'
import { type Sshd, startSshd } from '@/e2e/testbed/sshd'
import { startTcpProxy } from '@/e2e/testbed/tcp-proxy'
import { exec } from './exec'
import type { HostPool } from './host-pool'
import { listConfiguredHosts } from './ssh-config'

const run = (host: HostPool, command: string) =>
  exec(host, { command, timeout_ms: 20_000, max_output_bytes: 10_000 })

describe('connecting to a real sshd', () => {
  let sshd: Sshd
  let home: string
  const pools: HostPool[] = []
  const connectTo = (...args: Parameters<typeof poolFor>) => {
    const pool = poolFor(...args)
    pools.push(pool.host)
    return pool
  }

  beforeAll(async () => {
    // The user's own ssh config, keys and known_hosts must not decide these tests.
    home = mkdtempSync(path.join(tmpdir(), 'dgx-home-'))
    process.env.HOME = home
    delete process.env.SSH_AUTH_SOCK
  })
  beforeEach(async () => {
    sshd = await startSshd()
  })
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.disconnect()))
    await sshd.stop()
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it('remembers the key of a host at first contact and tells its fingerprint', async () => {
    const { host, keys } = connectTo(sshd)
    await host.connect()
    expect(host.state).toMatchObject({
      status: 'connected',
      host_key_fingerprint: sshd.fingerprint,
    })
    expect(keys.map((key) => key.fingerprint)).toEqual([sshd.fingerprint])
  })

  it('does one handshake for many callers at once', async () => {
    const { host } = connectTo(sshd)
    await Promise.all(Array.from({ length: 20 }, () => host.connect()))
    expect(sshd.sessions()).toHaveLength(1)
  })

  it('asks at first contact under the policy ask, with the fingerprint', async () => {
    const { host } = connectTo(sshd, { policy: 'ask' })
    await expect(host.connect()).rejects.toMatchObject({
      code: 'host_key_unknown',
      message: expect.stringContaining(sshd.fingerprint),
    })
    expect(host.state).toMatchObject({
      status: 'error',
      refused_host_key: { host_key: { fingerprint: sshd.fingerprint } },
    })
  })

  it('refuses a changed host key and shows both fingerprints', async () => {
    const { host, state } = connectTo(sshd)
    await host.connect()
    const before = sshd.fingerprint
    await sshd.restart({ newHostKey: true })
    const { last_error } = await state((next) => next.status === 'error')
    expect(last_error?.code).toBe('host_key_changed')
    expect(last_error?.message).toContain(before)
    expect(last_error?.message).toContain(sshd.fingerprint)
  })

  it('goes through a jump host, and believes the known_hosts of the user', async () => {
    const inner = await startSshd()
    const config = path.join(home, 'config')
    const knownHosts = path.join(home, 'known_hosts')
    const hostKey = (server: Sshd) =>
      readFileSync(path.join(server.dir, 'host_ed25519.pub'), 'utf8')
    const know = (key: string) =>
      writeFileSync(
        knownHosts,
        `[127.0.0.1]:${sshd.port} ${hostKey(sshd)}[127.0.0.1]:${inner.port} ${key}`,
      )
    writeFileSync(
      config,
      [
        'Host *',
        `  UserKnownHostsFile ${knownHosts}`,
        'Host door',
        '  HostName 127.0.0.1',
        `  Port ${sshd.port}`,
        `  User ${sshd.username}`,
        `  IdentityFile ${sshd.keyPath}`,
        '  IdentitiesOnly yes',
        'Host inside',
        '  HostName 127.0.0.1',
        `  Port ${inner.port}`,
        '  ProxyJump door',
      ].join('\n'),
    )
    process.env.SSH_CONFIG_FILE = config
    try {
      know(hostKey(inner))
      const target = { ...inner, hostname: 'inside', port: 22 }
      const { host, keys } = connectTo(target, { policy: 'ask' })
      await host.connect()
      expect((await run(host, 'echo "$SSH_CONNECTION"')).stdout).toContain(String(inner.port))
      expect(sshd.log()).toContain('Accepted publickey')
      expect(keys).toEqual([])

      know(hostKey(sshd))
      await expect(connectTo(target).host.connect()).rejects.toMatchObject({
        code: 'host_key_changed',
        message: expect.stringContaining(knownHosts),
      })
      expect((await listConfiguredHosts()).map(({ name }) => name)).toEqual(['door', 'inside'])
      // A lost jump host is a lost connection.
      const lost = run(host, 'sleep 30')
      await run(host, 'true')
      sshd.killSessions()
      await expect(lost).rejects.toMatchObject({ code: 'connection_lost' })
    } finally {
      delete process.env.SSH_CONFIG_FILE
      await inner.stop()
    }
  })

  it('says which key was refused, and what the server takes', async () => {
    const stranger = path.join(home, 'stranger')
    rmSync(stranger, { force: true })
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger])
    const { host } = connectTo(sshd, { keyPath: stranger })
    await expect(host.connect()).rejects.toMatchObject({
      code: 'ssh_auth_failed',
      message: expect.stringContaining(stranger),
    })
    expect(host.state.status).toBe('error')
  })

  it('names a missing key file and one that others can read', async () => {
    await expect(connectTo(sshd, { keyPath: '/no/key' }).host.connect()).rejects.toMatchObject({
      code: 'ssh_key_missing',
    })
    chmodSync(sshd.keyPath, 0o644)
    await expect(connectTo(sshd).host.connect()).rejects.toMatchObject({
      code: 'ssh_key_permissions',
    })
  })

  it('tells refused from unreachable from a name that does not resolve', async () => {
    await sshd.restart()
    const closed = net.createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as net.AddressInfo
    closed.close()
    await once(closed, 'close')
    await expect(connectTo(sshd, { port }).host.connect()).rejects.toMatchObject({
      code: 'ssh_refused',
    })
    const unknown = connectTo({ ...sshd, hostname: 'no-such-host.invalid' })
    await expect(unknown.host.connect()).rejects.toMatchObject({ code: 'ssh_unreachable' })
  })

  it('says so when the port speaks something else', async () => {
    const server = net
      .createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
      .listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as net.AddressInfo
    await expect(connectTo(sshd, { port }).host.connect()).rejects.toMatchObject({
      code: 'ssh_protocol_error',
      message: expect.stringContaining('HTTP/1.1 400'),
    })
    server.close()
  })

  it('names MaxStartups when the server throttles', async () => {
    const server = net
      .createServer((socket) => socket.end('Exceeded MaxStartups\r\n'))
      .listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as net.AddressInfo
    await expect(connectTo(sshd, { port }).host.connect()).rejects.toMatchObject({
      code: 'ssh_throttled',
      message: expect.stringContaining('MaxStartups'),
    })
    server.close()
  })

  it('opens an encrypted key with a passphrase that it is given, and asks for one that it is not', async () => {
    const locked = await startSshd({ clientKey: { passphrase: 'open sesame' } })
    try {
      const { host } = connectTo(locked)
      await expect(host.connect()).rejects.toMatchObject({ code: 'ssh_passphrase_required' })
      await expect(host.connect({ passphrase: 'wrong' })).rejects.toMatchObject({
        code: 'ssh_passphrase_wrong',
      })
      await host.connect({ passphrase: 'open sesame' })
      expect((await run(host, 'echo in')).stdout).toBe('in\n')
    } finally {
      await locked.stop()
    }
  })

  it('finds an encrypted key in the agent', async () => {
    const locked = await startSshd({ clientKey: { passphrase: 'pw' } })
    const socket = path.join(home, 'agent.sock')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      await once(agent.stdout, 'data')
      const askpass = path.join(home, 'askpass')
      writeFileSync(askpass, '#!/bin/sh\necho pw\n', { mode: 0o700 })
      execFileSync('ssh-add', ['-q', locked.keyPath], {
        env: {
          ...process.env,
          SSH_AUTH_SOCK: socket,
          SSH_ASKPASS: askpass,
          SSH_ASKPASS_REQUIRE: 'force',
          DISPLAY: ':0',
        },
        stdio: 'ignore',
      })
      process.env.SSH_AUTH_SOCK = socket
      const { host } = connectTo(locked)
      await host.connect()
      expect(host.state.status).toBe('connected')
    } finally {
      delete process.env.SSH_AUTH_SOCK
      agent.kill()
      await locked.stop()
    }
  })

  it('keeps other callers waiting for the connection that is being opened', async () => {
    const { host } = connectTo(sshd)
    const connecting = host.connect()
    expect((await run(host, 'echo early')).stdout).toBe('early\n')
    await connecting
  })

  it('answers not_connected with the next step before connect and after disconnect', async () => {
    const { host } = connectTo(sshd)
    await expect(run(host, 'true')).rejects.toMatchObject({
      code: 'not_connected',
      message: expect.stringContaining('/api/dgx/connect/'),
    })
    await host.connect()
    await host.disconnect()
    await expect(run(host, 'true')).rejects.toMatchObject({ code: 'not_connected' })
    await vi.waitFor(() => expect(sshd.sessions()).toHaveLength(0), 20_000)
  })

  it('comes back by itself when the server was away', async () => {
    const { host, state } = connectTo(sshd)
    await host.connect()
    const lost = state((next) => next.status === 'reconnecting')
    await sshd.restart()
    expect((await lost).last_error?.code).toMatch(/connection_lost|ssh_refused/)
    await state((next) => next.status === 'connected')
    expect((await run(host, 'echo back')).stdout).toBe('back\n')
  })

  it('notices a silently dead connection within 60 s', async () => {
    const proxy = await startTcpProxy(sshd.port)
    try {
      const { host, state } = connectTo(sshd, { port: proxy.port })
      await host.connect()
      proxy.blackhole()
      const since = Date.now()
      await state((next) => next.status === 'reconnecting')
      expect(Date.now() - since).toBeLessThan(60_000)
    } finally {
      await proxy.stop()
    }
  }, 90_000)
})

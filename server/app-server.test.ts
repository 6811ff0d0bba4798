import { once } from 'node:events'
import net from 'node:net'
import { Writable } from 'node:stream'
import fc from 'fast-check'
import pino from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { freePort } from '@/e2e/testbed/free-port'
import type { Caller } from '@/lib/dgx/caller'
import { hashOf, KeyRing } from '@/lib/dgx/keys/ring'
import { createAppServer } from './app-server.mjs'

const KEY = 'a long enough secret'
const NAMED = 'dgx_named'
const named = {
  ...{ id: 'k1', name: 'claude', hash: hashOf(NAMED), scope: 'run' as const },
  ...{ rate_limit_per_minute: null as number | null, last_used_at: null, revoked_at: null },
}
const ends: (() => void)[] = []

afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A real server on a free port, with a handler that tells what reached it. */
async function start(options: { key?: string; limit?: number; takesUpgrades?: boolean } = {}) {
  const port = await freePort()
  const seen: { url: string | undefined; requestId: unknown }[] = []
  const callers: Caller[] = []
  const lines: string[] = []
  const ring = new KeyRing({ onUsed: () => {} })
  ring.add({ ...named, rate_limit_per_minute: options.limit ?? null })
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const { server, openSockets } = createAppServer({
    config: { port, host: '127.0.0.1', allowedHosts: [], apiServerKey: options.key ?? null },
    log: pino({ level: 'debug' }, sink),
    ring: async () => ring,
    handle: async (request, response) => {
      seen.push({ url: request.url, requestId: request.headers['x-request-id'] })
      callers.push(JSON.parse(String(request.headers['x-dgx-caller'])))
      if (request.url === '/throws') throw new Error('secret detail')
      if (request.url === '/works') return
      if (request.url === '/streams') return void response.write('begun')
      response.end('reached')
    },
    upgrade: async (request, socket) => {
      callers.push(JSON.parse(String(request.headers['x-dgx-caller'])))
      if (options.takesUpgrades) socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
      return options.takesUpgrades === true
    },
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => {
    for (const socket of openSockets) socket.destroy()
    server.closeAllConnections()
    server.close()
  })

  /** Sends bytes as they are and reads until the server closes. */
  const send = async (bytes: string | Buffer): Promise<string> => {
    const socket = net.connect(port, '127.0.0.1')
    socket.write(bytes)
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    await once(socket, 'close')
    return answer
  }
  /** A request with any target: no client in between that would tidy it up. */
  const request = async (target: string, headers: Record<string, string> = {}, method = 'GET') => {
    const lines = Object.entries({ host: `127.0.0.1:${port}`, connection: 'close', ...headers })
    const text = await send(
      `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    )
    return {
      status: Number(text.slice(9, 12)),
      requestId: /^x-request-id: (.+)$/im.exec(text)?.[1]?.trim(),
      // Sent in chunks, whose lengths stand around it.
      body: /\{.*\}/s.exec(text)?.[0] ?? '',
    }
  }
  return { port, seen, callers, lines, ring, send, request }
}

describe('with a key, no way of writing a path gets past it', () => {
  it.each([
    '/api/dgx/connections',
    '//api/dgx/connections',
    '/_next/static/../../api/dgx/connections',
    '/_next/static/%2e%2e/%2E%2E/api/dgx/connections',
    '/_next/static/.%2e/..%2fapi/dgx/connections',
    '/_next/static/..\\..\\api\\dgx\\connections',
    '/_next/static/%5c..%5c..%5capi',
    '/_next/static/',
    '/api/health/../dgx/connections',
    '/login/../connections',
    '/API/HEALTH',
  ])('%s', async (target) => {
    const { request, seen } = await start({ key: KEY })
    expect((await request(target)).status).toBe(401)
    expect(seen).toEqual([])
    expect((await request(target, { 'x-api-key': KEY })).status).toBe(200)
  })

  it('while the health check, the login and static files are open', async () => {
    const { request } = await start({ key: KEY })
    for (const target of [
      '/api/health',
      '/login?next=/jobs',
      '/_next/static/chunks/a.b-c_1.js',
      '/_next/static/chunks/%5Broot%5D__0.css',
    ]) {
      expect([target, (await request(target)).status]).toEqual([target, 200])
    }
  })
})

describe('a request', () => {
  it.each(['http://evil.example/api/health', 'http://127.0.0.1/', '*', '/%', '/a%ff/b'])(
    'whose target is %s is refused before it can confuse anyone',
    async (target) => {
      const { request, seen } = await start()
      const { status, body } = await request(target, {}, 'OPTIONS')
      expect([status, JSON.parse(body).code]).toEqual([400, 'invalid_request'])
      expect(seen).toEqual([])
    },
  )

  it('gets an id of ours, the same for who handles it and who sent it', async () => {
    const { request, seen, lines } = await start()
    const { requestId } = await request('/', { 'x-request-id': 'forged' })
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/)
    expect(seen).toEqual([{ url: '/', requestId }])
    expect(lines.map((line) => JSON.parse(line).request_id)).toEqual([requestId])
  })

  it('that breaks the handler is answered without the reason, which is in the log', async () => {
    const { request, lines } = await start()
    const { status, body, requestId } = await request('/throws')
    expect([status, JSON.parse(body)]).toEqual([
      500,
      expect.objectContaining({ success: false, code: 'internal', request_id: requestId }),
    ])
    expect(body).not.toContain('secret detail')
    expect(lines.join('')).toContain('secret detail')
  })

  it('is logged with its path and caller, without its query', async () => {
    const { request, lines, port } = await start()
    await request('/jobs?token=hidden', { origin: `http://127.0.0.1:${port}` })
    await request('/_next/static/a.js')
    const [page, file] = lines.map((line) => JSON.parse(line))
    expect(page).toMatchObject({
      level: 30,
      method: 'GET',
      path: '/jobs',
      status: 200,
      caller: 'browser',
      ms: expect.any(Number),
    })
    expect(file).toMatchObject({ level: 20, caller: 'api' })
    expect(lines.join('')).not.toContain('hidden')
  })
})

describe('an upgrade', () => {
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket' }

  it('of a program without a key, or of another page, is refused in the envelope', async () => {
    const { request, lines, port } = await start({ takesUpgrades: true })
    const elsewhere = { ...upgrade, origin: `http://127.0.0.1:${port + 1}` }
    for (const headers of [upgrade, elsewhere]) {
      const { status, body, requestId } = await request('/', headers)
      expect([status, JSON.parse(body)]).toEqual([
        403,
        expect.objectContaining({ code: 'forbidden_origin', request_id: requestId }),
      ])
    }
    expect(lines.map((line) => JSON.parse(line).status)).toEqual([403, 403])
  })

  it('of our page needs the key too, and a path', async () => {
    const { request, port } = await start({ key: KEY, takesUpgrades: true })
    const ours = { ...upgrade, origin: `http://127.0.0.1:${port}` }
    expect((await request('/', ours)).status).toBe(401)
    expect((await request('http://evil.example/', { ...upgrade, 'x-api-key': KEY })).status).toBe(
      400,
    )
  })

  it('that nobody takes is not found', async () => {
    const { request, port } = await start()
    expect((await request('/x', { ...upgrade, origin: `http://127.0.0.1:${port}` })).status).toBe(
      404,
    )
  })

  it('is handed over with the key', async () => {
    const { port } = await start({ key: KEY, takesUpgrades: true })
    const socket = net.connect(port, '127.0.0.1')
    socket.write(
      `GET / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: upgrade\r\nupgrade: websocket\r\nx-api-key: ${KEY}\r\n\r\n`,
    )
    const [chunk] = await once(socket, 'data')
    expect(String(chunk)).toMatch(/^HTTP\/1.1 101 /)
    socket.destroy()
  })
})

describe('who asks', () => {
  const admin = { key: null, scope: 'admin' }

  it.each<[string, string, Record<string, string>, Partial<Caller>]>([
    [
      'a program',
      '/api/dgx/jobs',
      { 'user-agent': 'curl/8.5' },
      { via: 'api', client: 'curl/8.5' },
    ],
    ['one that says nothing', '/', {}, { via: 'api', client: null }],
    [
      'our command line',
      '/',
      { 'user-agent': 'dgx-cli/1.0' },
      { via: 'cli', client: 'dgx-cli/1.0' },
    ],
    [
      'a page',
      '/',
      { 'sec-fetch-site': 'same-origin', 'user-agent': 'Firefox' },
      { via: 'browser' },
    ],
    [
      'an agent',
      '/mcp?x',
      { 'user-agent': 'x'.repeat(300) },
      { via: 'mcp', client: 'x'.repeat(100) },
    ],
    ['who plays tricks', '/', { 'user-agent': 'a\tb\u00e9' }, { client: 'ab' }],
  ])('%s', async (_, target, headers, expected) => {
    const { request, callers } = await start()
    await request(target, headers)
    expect(callers).toEqual([expect.objectContaining({ ...admin, ...expected })])
  })

  it('is never what the request says of itself', async () => {
    const forged = { 'X-DGX-Caller': '{"via":"cli","key":{"id":"1","name":"x"},"scope":"admin"}' }
    const { request, callers, port } = await start({ key: KEY, takesUpgrades: true })
    // Open without the key, so nobody in particular.
    await request('/api/health', forged)
    expect(callers).toEqual([{ via: 'api', key: null, scope: 'read', client: null }])
    const socket = net.connect(port, '127.0.0.1')
    socket.write(
      `GET / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: upgrade\r\nupgrade: websocket\r\nx-api-key: ${KEY}\r\nx-dgx-caller: ${forged['X-DGX-Caller']}\r\n\r\n`,
    )
    await once(socket, 'data')
    socket.destroy()
    expect(callers[1]).toEqual({ via: 'api', key: null, scope: 'admin', client: null })
  })
})

describe('a named key', () => {
  const bearer = { authorization: `Bearer ${NAMED}` }

  it.each([undefined, KEY])('says who asks, with API_SERVER_KEY %s', async (key) => {
    const { request, callers } = await start({ ...(key ? { key } : {}) })
    expect((await request('/', bearer)).status).toBe(200)
    expect((await request('/', { 'x-api-key': NAMED })).status).toBe(200)
    const caller = { key: { id: 'k1', name: 'claude' }, scope: 'run' }
    expect(callers).toEqual([expect.objectContaining(caller), expect.objectContaining(caller)])
  })

  it('that is not known is refused, though nobody needs a key', async () => {
    const { request, ring, seen, port } = await start({ takesUpgrades: true })
    expect((await request('/', { 'x-api-key': 'anything' })).status).toBe(200)
    ring.change({ ...named, revoked_at: new Date() })
    for (const headers of [bearer, { 'x-api-key': 'dgx_wrong' }]) {
      const page = { accept: 'text/html', ...headers }
      const upgrade = { connection: 'Upgrade', upgrade: 'websocket' }
      const ours = { ...upgrade, origin: `http://127.0.0.1:${port}`, ...headers }
      for (const answer of [await request('/', page), await request('/', ours)]) {
        expect([answer.status, JSON.parse(answer.body).code]).toEqual([401, 'unauthorized'])
      }
    }
    expect(seen).toHaveLength(1)
  })

  it('that is wrong is refused in spite of a session', async () => {
    const { request, port, send } = await start({ key: KEY })
    const login = await send(
      `POST /api/login HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\ncontent-length: ${KEY.length + 10}\r\n\r\n{"key":"${KEY}"}`,
    )
    const cookie = /^set-cookie: ([^;]+)/im.exec(login)?.[1] ?? ''
    expect((await request('/', { cookie })).status).toBe(200)
    expect((await request('/', { cookie, 'x-api-key': 'dgx_wrong' })).status).toBe(401)
  })

  it('opens a WebSocket without Origin', async () => {
    const { request } = await start()
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket' }
    expect((await request('/', { ...upgrade, ...bearer })).status).toBe(404)
    expect((await request('/', { ...upgrade, 'x-api-key': 'dgx_wrong' })).status).toBe(403)
  })

  it('sends no more than its limit, and learns when it may again', async () => {
    const { request, send, port } = await start({ key: KEY, limit: 2 })
    const statuses = []
    for (let i = 0; i < 3; i += 1) statuses.push((await request('/', bearer)).status)
    expect(statuses).toEqual([200, 200, 429])
    for (const extra of ['', 'upgrade: websocket\r\n']) {
      const text = await send(
        `GET / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: ${extra ? 'upgrade' : 'close'}\r\n${extra}x-api-key: ${NAMED}\r\n\r\n`,
      )
      expect(text).toMatch(
        /^HTTP\/1.1 429 .*^retry-after: 30\r$.*"claude\\" may send 2.*"rate_limited"/ms,
      )
    }
    // What needs no key is not counted, and others have limits of their own.
    expect((await request('/api/health', bearer)).status).toBe(200)
    expect((await request('/', { 'x-api-key': KEY })).status).toBe(200)
  })

  it('that is revoked ends what it has open, and nothing of others', async () => {
    const { port, ring, seen } = await start({ key: KEY, takesUpgrades: true })
    const open = async (path: string, key: string, more = '') => {
      const socket = net.connect(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nx-api-key: ${key}\r\n${more}\r\n`,
      )
      if (path !== '/works') await once(socket, 'data')
      return socket
    }
    const upgrade = 'connection: upgrade\r\nupgrade: websocket\r\n'
    const own = await Promise.all([
      open('/streams', NAMED),
      open('/', NAMED, upgrade),
      open('/works', NAMED),
    ])
    const other = await open('/streams', KEY)
    await vi.waitFor(() => expect(seen.map(({ url }) => url)).toContain('/works'), 20_000)
    const ended = own.map((socket) => once(socket, 'close'))
    const at = performance.now()
    ring.change({ ...named, revoked_at: new Date() })
    await Promise.all(ended.slice(0, 2))
    expect(own[2].closed).toBe(false)
    await ended[2]
    // The answer to the revocation itself would have had that long.
    expect(performance.now() - at).toBeGreaterThan(900)
    expect(other.closed).toBe(false)
    other.destroy()
  })
})

describe('what is not HTTP', () => {
  it('is answered, and the server goes on', async () => {
    const { send, request } = await start()
    expect(await send('hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*"invalid_request"/s)
    expect(await send(`GET / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(40_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 /,
    )
    expect((await request('/')).status).toBe(200)
  })

  it('is survived, whatever the bytes', async () => {
    const { send, request } = await start()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        await send(Buffer.concat([bytes, Buffer.from('\0\r\n\r\n')]))
      }),
      { numRuns: 200 },
    )
    expect((await request('/')).status).toBe(200)
  })
})

import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp } from '../app'

const KEY = 'a long enough secret'

describe('with API_SERVER_KEY set', () => {
  let app: App
  beforeAll(async () => {
    app = await startApp({ API_SERVER_KEY: KEY })
  })
  afterAll(async () => {
    await app?.stop()
    app?.remove()
  })
  const page = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${app.origin}${path}`, {
      redirect: 'manual',
      headers: { accept: 'text/html', ...headers },
    })

  it('refuses every endpoint without the key or with a wrong one', async () => {
    for (const path of ['connections', 'projects', 'jobs', 'status', 'metrics/x', 'nowhere']) {
      for (const headers of [
        {},
        { 'x-api-key': 'wrong' },
        { authorization: 'Bearer wrong' },
        { cookie: `dgx_session_${app.port}=wrong` },
      ]) {
        const { status, body } = await app.call(
          'GET',
          path,
          undefined,
          headers as Record<string, string>,
        )
        expect([path, status, body.code]).toEqual([path, 401, 'unauthorized'])
      }
    }
  })

  it('takes the key in either header', async () => {
    expect((await app.call('GET', 'connections', undefined, { 'x-api-key': KEY })).status).toBe(200)
    expect(
      (await app.call('GET', 'connections', undefined, { authorization: `Bearer ${KEY}` })).status,
    ).toBe(200)
  })

  it('answers the health check without a key', async () => {
    expect((await fetch(`${app.origin}/api/health`)).status).toBe(200)
  })

  it('sends a browser to the login and lets it in with a cookie that scripts cannot read', async () => {
    const sent = await page('/jobs')
    expect([sent.status, sent.headers.get('location')]).toEqual([303, '/login?next=%2Fjobs'])
    expect((await page('/login')).status).toBe(200)
    const form = (key: string, next: string) =>
      fetch(`${app.origin}/api/login`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ key, next }),
      })
    const wrong = await form('wrong', '/jobs')
    expect([wrong.headers.get('location'), wrong.headers.get('set-cookie')]).toEqual([
      '/login?failed=1&next=%2Fjobs',
      null,
    ])
    const right = await form(KEY, '/jobs')
    expect(right.headers.get('location')).toBe('/jobs')
    const cookie = right.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^dgx_session_\d+=[\w-]+; HttpOnly; SameSite=Strict; Path=\//)
    expect(cookie).not.toContain(KEY)
    expect((await page('/jobs', { cookie: cookie.split(';')[0] ?? '' })).status).toBe(200)
    expect((await form(KEY, 'https://evil.example/')).headers.get('location')).toBe('/')
    expect((await form(KEY, '//evil.example/')).headers.get('location')).toBe('/')
  })

  it('takes a decision about a command from a session only, whatever a program says of itself', async () => {
    const login = await fetch(`${app.origin}/api/login`, {
      ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams({ key: KEY, next: '/' }) },
    })
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
    const page = { origin: app.origin, 'sec-fetch-site': 'same-origin' }
    const decide = async (headers: Record<string, string>) =>
      (await app.call('POST', 'approvals/none', { decision: 'allow' }, headers)).body.code
    expect(await decide({ ...page, 'x-api-key': KEY })).toBe('person_required')
    expect(await decide({ ...page, authorization: `Bearer ${KEY}`, cookie })).toBe(
      'person_required',
    )
    expect(await decide({ cookie })).toBe('person_required')
    expect(await decide({ ...page, cookie })).toBe('not_found')
  })

  it('never writes the key into its log', async () => {
    await app.call('GET', 'connections', undefined, { 'x-api-key': KEY })
    expect(app.log()).toContain('/api/dgx/connections')
    expect(app.log()).not.toContain(KEY)
  })

  it('slows down guessing', async () => {
    const guess = async () =>
      (await fetch(`${app.origin}/api/login`, { method: 'POST', body: '{"key": "no"}' })).status
    const statuses = []
    for (let i = 0; i < 12; i += 1) statuses.push(await guess())
    expect(statuses).toContain(401)
    expect(statuses.at(-1)).toBe(429)
  })
})

describe('the start', () => {
  const failing = async (env: Record<string, string>) =>
    startApp(env).then(
      async (app) => {
        await app.stop()
        return 'started'
      },
      (error: Error) => error.message,
    )

  it('refuses to be reached from elsewhere without a key', async () => {
    expect(await failing({ HOST: '0.0.0.0' })).toMatch(/HOST=0.0.0.0 .*API_SERVER_KEY/)
  })

  it('says in one line what is wrong with the configuration', async () => {
    expect(await failing({ HOST_KEY_POLICY: 'never' })).toMatch(
      /HOST_KEY_POLICY must be .*accept-new/,
    )
    expect(await failing({ DATA_DIR: '/dev/null/data' })).toMatch(
      /DATA_DIR \/dev\/null\/data cannot be written/,
    )
  })

  it('says which port is taken', async () => {
    const server = net.createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as net.AddressInfo
    try {
      expect(await failing({ PORT: String(port) })).toContain(`Port ${port} is taken`)
    } finally {
      server.close()
    }
  })
})

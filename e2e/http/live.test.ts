import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type App, startApp } from '../app'
import { type Sshd, startSshd } from '../testbed/sshd'

const KEY = 'a long enough secret'

// What arrives is looked into by the tests.
// biome-ignore lint/suspicious/noExplicitAny: messages of every shape.
type Message = any

/** A client that keeps what it was sent. */
async function listen(app: App, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${app.origin.replace('http', 'ws')}/api/dgx/live`, {
    headers: { origin: app.origin, 'x-api-key': KEY, ...headers },
  })
  const messages: Message[] = []
  const waiting = new Set<() => void>()
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)))
    for (const look of [...waiting]) look()
  })
  await once(socket, 'open')
  return {
    messages,
    send: (message: object) => socket.send(JSON.stringify(message)),
    sendText: (text: string) => socket.send(text),
    /** The first message, of those there and those to come, that fits. */
    until: (fits: (message: Message) => boolean) =>
      new Promise<Message>((resolve) => {
        const look = () => {
          const found = messages.find(fits)
          if (!found) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
    closed: new Promise<number>((resolve) => socket.on('close', resolve)),
    close: () => socket.close(),
  }
}

describe('live data', () => {
  let app: App
  let sshd: Sshd
  let id: string
  const call = (method: string, path: string, body?: unknown) =>
    app.call(method, path, body, { 'x-api-key': KEY })

  beforeAll(async () => {
    ;[app, sshd] = await Promise.all([startApp({ API_SERVER_KEY: KEY }), startSshd()])
    const { body } = await call('POST', 'connections', { name: 'dgx 1', ...sshd.target })
    id = body.data.id
  })
  afterAll(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
  })

  it('refuses a WebSocket without the key, and one of another origin', async () => {
    await expect(listen(app, { 'x-api-key': 'wrong' })).rejects.toThrow('401')
    await expect(listen(app, { origin: 'https://evil.example' })).rejects.toThrow('403')
  })

  it('follows a machine from connecting to its samples, and a job to its end', async () => {
    const client = await listen(app)
    expect((await client.until(({ type }) => type === 'hello')).at).toMatch(/^20.*Z$/)
    client.send({ type: 'subscribe', topics: ['connections', 'jobs', 'metrics:dgx 1'] })
    const first = await client.until(({ type }) => type === 'connection')
    expect(first).toMatchObject({ connection_id: id, status: 'disconnected' })

    await call('POST', `connect/${id}`)
    await client.until(({ type, status }) => type === 'connection' && status === 'connected')
    const { metrics } = await client.until(({ type }) => type === 'metrics')
    expect(metrics).toMatchObject({ connection_id: id, stale: false })
    expect(metrics.gpus).toHaveLength(8)

    const project = await call('POST', 'projects', { name: 'followed' })
    const { body } = await call('POST', 'jobs', {
      name: 'follow me',
      project_id: project.body.data.id,
    })
    await call('PUT', `jobs/${body.data.id}`, { status: 'running' })
    await client.until(({ type, job }) => type === 'job' && job.status === 'running')
    await call('DELETE', `jobs/${body.data.id}`)
    await client.until(({ type, job_id }) => type === 'job_deleted' && job_id === body.data.id)
    client.close()
  })

  it('tells who comes after a change that there was one', async () => {
    const since = Date.now()
    await call('PUT', `connections/${id}`, sshd.target)
    const client = await listen(app)
    client.send({ type: 'subscribe', topics: ['connections'], since })
    await client.until(({ type }) => type === 'connections_changed')
    client.close()
  })

  it('sends what was missed after a gap, each sample once', async () => {
    const before = await listen(app)
    before.send({ type: 'subscribe', topics: ['metrics'] })
    const { metrics } = await before.until(({ type }) => type === 'metrics')
    before.close()
    await before.closed
    const since = Date.parse(metrics.recorded_at)
    for (let seen = metrics.recorded_at; seen === metrics.recorded_at; ) {
      seen = (await call('GET', `metrics/${id}`)).body.data.recorded_at
    }
    const after = await listen(app)
    after.send({ type: 'subscribe', topics: ['metrics'], since })
    const { samples } = await after.until(({ type }) => type === 'backfill')
    const times = samples.map(({ at }: { at: number }) => at)
    expect(times.length).toBeGreaterThan(0)
    expect(Math.min(...times)).toBeGreaterThan(since)
    expect(new Set(times).size).toBe(times.length)
    expect(samples[0].gpus).toHaveLength(8)
    after.close()
  })

  it('says what is wrong with a message, and goes on', async () => {
    const client = await listen(app)
    client.sendText('{"type": "subscribe", "topics": ["metrics"')
    expect(await client.until(({ type }) => type === 'error')).toMatchObject({
      code: 'invalid_request',
      error: expect.stringContaining('"subscribe"'),
    })
    client.send({ type: 'subscribe', topics: ['metrics:nobody'] })
    await client.until(({ code }) => code === 'connection_not_found')
    client.send({ type: 'subscribe', topics: ['connections'] })
    await client.until(({ type }) => type === 'connection')
    client.close()
  })

  it('keeps a hundred listeners live at once', async () => {
    const clients = await Promise.all(Array.from({ length: 100 }, () => listen(app)))
    for (const client of clients) client.send({ type: 'subscribe', topics: [`metrics:${id}`] })
    await Promise.all(
      clients.map(async (client) => {
        const first = await client.until(({ type }) => type === 'metrics')
        await client.until(
          ({ type, metrics }) =>
            type === 'metrics' && metrics.recorded_at > first.metrics.recorded_at,
        )
        client.close()
      }),
    )
  })

  it('sends the same to curl as server-sent events and as lines', async () => {
    for (const [accept, first] of [
      ['text/event-stream', /^id: \d+\nevent: metrics\ndata: \{"type":"metrics"/],
      ['application/x-ndjson', /^\{"type":"metrics"/],
    ] as const) {
      const leave = new AbortController()
      const response = await fetch(`${app.origin}/api/dgx/metrics/${id}/stream`, {
        headers: { accept, 'x-api-key': KEY },
        signal: leave.signal,
      })
      expect(response.headers.get('content-type')).toContain(accept)
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
      expect((await reader?.read())?.value).toMatch(first)
      leave.abort()
    }
    const { status, body } = await call('GET', 'live?topics=everything')
    expect([status, body.code]).toEqual([400, 'invalid_request'])
  })

  it('goes on after the last server-sent event that a reader saw', async () => {
    /** The first events up to one with an id, and that id. */
    const read = async (query: string, headers: Record<string, string> = {}) => {
      const leave = new AbortController()
      const response = await fetch(`${app.origin}/api/dgx/metrics/${id}/stream${query}`, {
        headers: { 'x-api-key': KEY, ...headers },
        signal: leave.signal,
      })
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
      let text = ''
      while (!/^id: \d+\nevent: metrics\n.*\n\n/m.test(text)) text += (await reader?.read())?.value
      leave.abort()
      const [first = ''] = text.split('\n\n')
      return {
        first: JSON.parse(first.slice(first.indexOf('{'))),
        lastId: Number(/^id: (\d+)/m.exec(text)?.[1]),
      }
    }
    const { first, lastId } = await read('')
    expect(Date.parse(first.metrics.recorded_at)).toBe(lastId)
    for (let at = lastId; at === lastId; ) {
      at = Date.parse((await call('GET', `metrics/${id}`)).body.data.recorded_at)
    }
    // As EventSource does it: the same address again, with what it saw.
    const resumed = await read('?since=0', { 'last-event-id': String(lastId) })
    const times = resumed.first.samples.map(({ at }: { at: number }) => at)
    expect(times.length).toBeGreaterThan(0)
    expect(Math.min(...times)).toBeGreaterThan(lastId)
    // What is no id of ours is as good as none.
    expect((await read('', { 'last-event-id': 'seven' })).first.type).toBe('metrics')
  })

  it('tells its listeners to come back when the app ends', async () => {
    const client = await listen(app)
    await client.until(({ type }) => type === 'hello')
    await app.stop()
    expect(await client.closed).toBe(1001)
  })
})

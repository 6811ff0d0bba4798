import path from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type Answer, type App, startApp } from '../app'
import { SECRET } from '../audit-trail'
import { type Sshd, startSshd } from '../testbed/sshd'

const PATIENCE = { timeout: 30_000, interval: 50 }

type Entry = Record<string, unknown> & { id: number; action: string; request_id: string }
type Recipe = () => Promise<Answer>

describe('the audit trail', () => {
  let app: App
  let sshd: Sshd

  beforeAll(async () => {
    ;[app, sshd] = await Promise.all([startApp({ HOST_KEY_POLICY: 'ask' }), startSshd()])
  })
  afterAll(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
  })

  const entries = async (query = ''): Promise<Entry[]> =>
    (await app.call('GET', `audit?limit=1000&${query}`)).body.data
  /** What was asked for by one request, once it is written. */
  const of = (answer: Answer) =>
    vi.waitFor(async () => {
      const id = answer.headers.get('x-request-id')
      const own = (await entries()).filter(({ request_id }) => request_id === id)
      expect(own).not.toEqual([])
      return own
    }, PATIENCE)
  const post = (address: string, body: object = {}) => app.call('POST', address, body)
  const held = (name: string) =>
    post('jobs', { name, command: 'true', connection_id: 'box', gpus: 0, start: false })

  /** Every operation that changes something, once, in an order in which each is possible. */
  const RECIPES: Record<string, Recipe> = {
    createConnection: () => post('connections', { name: 'box', ...sshd.target }),
    testConnection: () => post('connections/test', { ...sshd.target, passphrase: SECRET }),
    trustHostKey: async () => {
      const { body } = await post('connect/box', { passphrase: SECRET, password: SECRET })
      const [fingerprint] = /SHA256:[\w+/]+/.exec(body.error) ?? []
      return post('connections/box/trust', { fingerprint })
    },
    disconnect: () => post('disconnect/box'),
    connect: () => post('connect/box', { passphrase: SECRET, password: SECRET }),
    updateConnection: () => app.call('PUT', 'connections/box', { sample_interval_ms: 1500 }),
    reorderConnections: () => post('connections/reorder', { ids: ['box'] }),
    updateSafety: () =>
      app.call('PUT', 'connections/box/safety', { deny: [`^never TOKEN=${SECRET}`] }),
    executeCommand: () =>
      post('exec/box', {
        command: `export A_TOKEN=${SECRET}; tool --api-key '${SECRET} x' hf_${SECRET}; exit 7`,
        env: { COLOUR: SECRET },
        stdin: SECRET,
      }),
    createKey: () => post('keys', { name: 'agent' }),
    updateKey: () => app.call('PUT', 'keys/agent', { scope: 'run' }),
    revokeKey: () => app.call('DELETE', 'keys/agent'),
    createProject: () => post('projects', { name: 'vit', config: { api_key: SECRET } }),
    updateProject: () => app.call('PUT', 'projects/vit', { description: `PASSWORD=${SECRET}` }),
    createJob: () => held('first'),
    updateJob: () =>
      app.call('PUT', 'jobs/first', {
        ...{ notes: `Authorization: Bearer ${SECRET}`, env: { HF_TOKEN: SECRET } },
        command: `: https://bob:${SECRET}@host/`,
      }),
    cloneJob: () => post('jobs/first/clone', { name: 'second', start: false }),
    startJob: () => post('jobs/first/start'),
    cancelJob: async () => {
      await app.call('GET', 'jobs/first/wait?timeout_s=50')
      return post('jobs/second/cancel')
    },
    retryJob: () => post('jobs/second/retry'),
    deleteJob: async () => {
      await app.call('GET', 'jobs/second/wait?timeout_s=50')
      return app.call('DELETE', 'jobs/second?force=true')
    },
    deleteProject: () => app.call('DELETE', 'projects/vit?cascade=true'),
    deleteConnection: () => app.call('DELETE', 'connections/box?cascade=true&force=true'),
  }
  /**
   * Measurements change nothing, nor does a session or a check; tools of MCP are asked below, and a
   * decision is a person's (safety.test.ts).
   */
  const EXEMPT = [
    ...['addJobMetrics', 'callMcp', 'checkCommand', 'decideApproval', 'logIn', 'logOut'],
  ]

  it('knows how to do everything', async () => {
    const { paths } = (await app.call('GET', 'openapi.json')).body
    const changes = Object.values(paths as Record<string, Record<string, { operationId: string }>>)
      .flatMap((operations) => Object.entries(operations))
      .filter(([method]) => method !== 'get')
      .map(([, { operationId }]) => operationId)
    expect(changes.toSorted()).toEqual([...Object.keys(RECIPES), ...EXEMPT].toSorted())
  })

  const LAST = ['deleteProject', 'deleteConnection']
  const once = async (action: string) => {
    const answer = await RECIPES[action]?.()
    expect(answer?.body.error).toBeUndefined()
    expect(await of(answer as Answer)).toMatchObject([
      { action, outcome: 'ok', caller_via: 'api', client: 'node', key_name: null },
    ])
  }
  it.each(Object.keys(RECIPES).filter((action) => !LAST.includes(action)))(
    'has one entry of %s',
    once,
  )

  it('tells where and what, how it went, and nothing secret', async () => {
    const [exec] = await entries('action=executeCommand')
    expect(exec).toMatchObject({
      ...{ connection_name: 'box', target_type: 'connection', target_name: 'box', exit_code: 7 },
      duration_ms: expect.any(Number),
      detail: {
        command: 'export A_TOKEN=***; tool --api-key *** ***; exit 7',
        env: { COLOUR: '***' },
        stdin: '***',
      },
    })
    const [clone] = await entries('action=cloneJob')
    expect(clone).toMatchObject({ target_name: 'second', detail: { from: 'first' } })
    const [deleted] = await entries('action=deleteJob')
    expect(deleted).toMatchObject({ target_name: 'second', detail: { force: 'true' } })
    const own = await entries('caller=system')
    expect(own.toReversed()).toMatchObject([
      { action: 'jobStarted', target_name: 'first', connection_name: 'box', outcome: 'ok' },
      { action: 'jobEnded', target_name: 'first', outcome: 'ok', exit_code: 0 },
      { action: 'jobStarted', target_name: 'second' },
      { action: 'jobEnded', target_name: 'second', exit_code: 0 },
    ])
    const [update] = await entries('target_id=vit&action=updateProject')
    expect(update).toMatchObject({ detail: { description: 'PASSWORD=***' } })
  })

  it('has what was tried in vain, and not what did nothing', async () => {
    const before = (await entries()).length
    expect(await of(await post('connect/nowhere'))).toMatchObject([
      { outcome: 'connection_not_found', target_name: 'nowhere', target_id: null },
    ])
    const key = { 'idempotency-key': 'once' }
    const project = { name: 'vit 2' }
    const first = await app.call('POST', 'projects', project, key)
    const again = await app.call('POST', 'projects', project, key)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    await post('jobs/first/metrics', { metrics: { loss: 1 } })
    await post('jobs?dry_run=true', { name: 'x', command: 'true', connection_id: 'box' })
    expect((await post('projects', { colour: 'red' })).status).toBe(400)
    expect((await post('projects/vit', {})).status).toBe(405)
    expect(await of(first)).toHaveLength(1)
    expect((await entries()).length).toBe(before + 2)
  })

  it('tells of streams at their end: how the command ended, or that the caller left', async () => {
    const stream = async (command: string, leaveAt?: string) => {
      const leaving = new AbortController()
      const response = await fetch(`${app.origin}/api/dgx/exec/box`, {
        method: 'POST',
        headers: { accept: 'application/x-ndjson' },
        body: JSON.stringify({ command }),
        signal: leaving.signal,
      })
      const reading = (async () => {
        for await (const chunk of response.body ?? [])
          if (leaveAt && Buffer.from(chunk).includes(leaveAt)) leaving.abort()
      })()
      await reading.catch((error) => expect(error.name).toBe('AbortError'))
      return { headers: response.headers, status: response.status, body: null }
    }
    expect(await of(await stream('exit 3'))).toMatchObject([{ outcome: 'ok', exit_code: 3 }])
    expect(await of(await stream('kill -KILL $$'))).toMatchObject([
      { outcome: 'signalled', exit_code: null, detail: { signal: 'KILL' } },
    ])
    expect(await of(await stream('echo here; sleep 60', 'here'))).toMatchObject([
      { outcome: 'hung_up', exit_code: null },
    ])
    const left = new AbortController()
    const gone = fetch(`${app.origin}/api/dgx/exec/box`, {
      method: 'POST',
      body: JSON.stringify({ command: 'echo $$ > left; sleep 60' }),
      signal: left.signal,
    })
    await vi.waitFor(async () => {
      const { body } = await post('exec/box', { command: 'cat left' })
      expect(body.data.code).toBe(0)
    }, PATIENCE)
    left.abort()
    await expect(gone).rejects.toThrow()
    await vi.waitFor(
      async () => expect(await entries('q=%3E left&outcome=hung_up')).toHaveLength(1),
      PATIENCE,
    )
  })

  it('names who asks: a page, the command line, an agent', async () => {
    const asked = async (headers: Record<string, string>) =>
      of(await app.call('POST', 'disconnect/none', {}, headers))
    expect(
      await asked({ origin: app.origin, 'sec-fetch-site': 'same-origin', 'user-agent': 'Firefox' }),
    ).toMatchObject([{ caller_via: 'browser', client: 'Firefox' }])
    expect(await asked({ 'user-agent': 'dgx-cli/1.2' })).toMatchObject([
      { caller_via: 'cli', client: 'dgx-cli/1.2' },
    ])

    const client = new Client(
      { name: 'an agent', version: '1' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    )
    await client.connect(new StreamableHTTPClientTransport(new URL(`${app.origin}/mcp`)))
    const call = (name: string, args: object) =>
      client.callTool({ name, arguments: args as Record<string, unknown> }, { timeout: 60_000 })
    await call('list_machines', {})
    await call('run_command', { machine: 'box', command: `echo PASSWORD=${SECRET}; exit 4` })
    const job = {
      client_token: 'the same',
      ...{ name: 'by agent', command: `HF_TOKEN=${SECRET} true`, machine: 'box', gpus: 0 },
    }
    await call('start_job', job)
    await call('start_job', job)
    await call('cancel_job', { job: 'no such job' })
    await client.close()
    await vi.waitFor(async () => {
      const own = await entries('caller=mcp')
      expect(own.toReversed()).toMatchObject([
        { action: 'executeCommand', connection_name: 'box', exit_code: 4, client: 'an agent' },
        { action: 'createJob', target_type: 'job', target_name: 'by agent', outcome: 'ok' },
        { action: 'cancelJob', target_name: 'no such job', outcome: 'job_not_found' },
      ])
    }, PATIENCE)
  })

  it('has a terminal when it is opened and when it is closed, and not what is typed', async () => {
    const socket = new WebSocket(
      `ws://127.0.0.1:${app.port}/api/dgx/terminal/box?cols=80&rows=24`,
      {
        headers: { origin: app.origin },
      },
    )
    const said: string[] = []
    socket.on('message', (data, isBinary) => {
      if (!isBinary) said.push(JSON.parse(String(data)).type)
    })
    await vi.waitFor(() => expect(said).toEqual(['ready']), PATIENCE)
    const terminals = () => entries('action=openTerminal,closeTerminal')
    await vi.waitFor(async () => expect(await terminals()).toHaveLength(1), PATIENCE)
    socket.send(Buffer.from(`echo ${SECRET}; exit 5\r`))
    await vi.waitFor(() => expect(said).toEqual(['ready', 'exit']), PATIENCE)
    await vi.waitFor(async () => {
      expect(await terminals()).toMatchObject([
        { action: 'closeTerminal', connection_name: 'box', exit_code: 5, caller_via: 'browser' },
        { action: 'openTerminal', connection_name: 'box', outcome: 'ok' },
      ])
    }, PATIENCE)
  })

  it('has what the scope of a key does not reach, and never the key', async () => {
    const { body } = await post('keys', { name: 'reader' })
    const { key } = body.data
    const refused = await app.call('DELETE', 'connections/box', undefined, { 'x-api-key': key })
    expect(await of(refused)).toMatchObject([
      {
        ...{ action: 'deleteConnection', outcome: 'forbidden_scope', key_name: 'reader' },
        target_name: 'box',
      },
    ])
    const socket = new WebSocket(`ws://127.0.0.1:${app.port}/api/dgx/terminal/box`, {
      headers: { 'x-api-key': key },
    })
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve))
    expect(error.message).toContain('403')
    await vi.waitFor(async () => {
      expect(await entries('outcome=forbidden_scope&key=reader')).toMatchObject([
        { action: 'openTerminal', target_name: 'box' },
        { action: 'deleteConnection', target_name: 'box' },
      ])
    }, PATIENCE)
    const [made] = await entries('action=createKey&target_id=reader')
    expect(made).toMatchObject({ target_type: 'key', detail: { name: 'reader' } })
    expect(JSON.stringify(await entries())).not.toContain(key.slice(-64))
  })

  it('is a table, a file and pages', async () => {
    const text = await app.call('GET', 'audit?limit=1', undefined, { accept: 'text/plain' })
    expect(text.body).toMatch(/^AT +CALLER VIA +KEY NAME +ACTION/)
    const csv = await app.call('GET', 'audit?limit=2&format=csv')
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(csv.body.split('\r\n')).toHaveLength(4)
    const { body } = await app.call('GET', 'audit?limit=1')
    expect(body.meta.total).toBeGreaterThan(20)
    const next = await app.call('GET', `audit?limit=1&cursor=${body.meta.next_cursor}`)
    expect(next.body.data[0].id).not.toBe(body.data[0].id)
  })

  it('loses nothing that was answered, however the app ends', async () => {
    const answer = await post('projects', { name: 'the last before a crash' })
    await app.kill()
    await app.start()
    expect(await of(answer)).toMatchObject([{ action: 'createProject', outcome: 'ok' }])
    await post('connect/box')
  })

  it.each(LAST)('has one entry of %s', once)

  it('is written to the end, and holds nothing secret, nor does the log', async () => {
    // Entries of commands wait to be written.
    const exec = await post('exec/box', { command: 'true' })
    await app.stop()
    const database = new Database(path.join(app.dataDir, 'dgx.db'), { readonly: true })
    const rows = database.prepare('SELECT * FROM dgx_audit').all()
    database.close()
    expect(rows.at(-1)).toMatchObject({ request_id: exec.headers.get('x-request-id') })
    expect(rows.length).toBeGreaterThan(30)
    expect(JSON.stringify(rows)).not.toContain('S3cret')
    expect(app.log()).not.toContain('S3cret')
  })
})

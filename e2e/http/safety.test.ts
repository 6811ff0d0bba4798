import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { OpenApi } from '@/lib/api/openapi-document'
import type { Approval } from '@/lib/dgx/safety/answers'
import { type Answer, type App, startApp } from '../app'
import { SECRET } from '../audit-trail'
import { type Sshd, startSshd } from '../testbed/sshd'

const PATIENCE = { timeout: 30_000, interval: 50 }
const OPEN = { read_only: false, deny: [], confirm: [], confirm_timeout_s: 120 }

describe('the safety settings of a machine', () => {
  let app: App
  let sshd: Sshd
  let dir: string
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'dgx-safety-'))
    ;[app, sshd] = await Promise.all([startApp({ JOB_KILL_GRACE_S: '1' }), startSshd()])
    await app.call('POST', 'connections', { name: 'box', ...sshd.target, sample_interval_ms: 1000 })
    await app.call('POST', 'connect/box')
    await app.call('POST', 'projects', { name: 'p', connection_id: 'box', remote_path: dir })
  })
  beforeEach(async () => {
    expect((await set(OPEN)).status).toBe(200)
  })
  afterAll(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
    rmSync(dir, { recursive: true, force: true })
  })

  const set = (settings: object) => app.call('PUT', 'connections/box/safety', settings)
  const exec = (command: string, signal?: AbortSignal) =>
    fetch(`${app.origin}/api/dgx/exec/box`, {
      method: 'POST',
      body: JSON.stringify({ command, cwd: dir }),
      ...(signal ? { signal } : {}),
    })
  const answerOf = async (response: Promise<Response>) => (await response).json()
  const made = (name: string) => existsSync(path.join(dir, name))
  const waiting = async (): Promise<Approval[]> => (await app.call('GET', 'approvals')).body.data
  /** What waits for a person, once so many do. */
  const held = (count = 1) =>
    vi.waitFor(async () => {
      const approvals = await waiting()
      expect(approvals).toHaveLength(count)
      return approvals
    }, PATIENCE)
  /** A person at a page of the app answers. */
  const decide = (
    approval: Approval | undefined,
    decision: string,
    headers: Record<string, string> = { origin: app.origin },
  ) => app.call('POST', `approvals/${approval?.id}`, { decision }, headers)
  const job = (command: string, more: object = {}) => ({
    ...{ name: 'a job', project_id: 'p', command, gpus: 0, ...more },
  })
  const ended = async (id: string) => {
    for (;;) {
      const { body } = await app.call('GET', `jobs/${id}/wait?timeout_s=50&until=terminal`)
      if (!body.meta.timed_out) return body.data
    }
  }

  it('are open, can be sent back as they came, and say what is no pattern', async () => {
    const { body } = await app.call('GET', 'connections/box/safety')
    expect(body.data).toEqual({ connection_id: expect.any(String), ...OPEN })
    expect(body.meta.presets.length).toBeGreaterThan(5)
    const confirm = body.meta.presets.map(({ pattern }: { pattern: string }) => pattern)
    expect((await set({ ...body.data, confirm })).body.data).toEqual({ ...body.data, confirm })
    const wrong = await set({ deny: ['a', '('] })
    expect([wrong.status, wrong.body.details[0].path]).toEqual([400, 'deny.1'])
    const outcome = async (check: object) =>
      (await app.call('POST', 'connections/box/safety/check', check)).body.data.outcome
    expect(await outcome({ command: 'rm -rf /' })).toBe('needs_confirmation')
    expect(await outcome({ command: ['rm', '-rf', '/'], confirm: [] })).toBe('allowed')
    expect(await outcome({ command: 'rm -rf /', deny: ['rm'] })).toBe('denied')
    expect(await outcome({ command: 'ls', read_only: true })).toBe('read_only')
  })

  it('refuse what is denied, in every form, and name the pattern and the machine', async () => {
    await set({ deny: ['touch\\s+denied'] })
    const { body: made1 } = await app.call('POST', 'jobs', job('true', { start: false }))
    const { id } = made1.data
    const attempts: (() => Promise<Answer>)[] = [
      () => app.call('POST', 'exec/box', { command: 'touch denied', cwd: dir }),
      () => app.call('POST', 'exec/box', { command: ['touch', 'denied'], cwd: dir }),
      () =>
        app.call(
          'POST',
          'exec/box',
          { command: 'touch "denied"', cwd: dir },
          {
            accept: 'application/x-ndjson',
          },
        ),
      () => app.call('POST', 'jobs', job('touch denied')),
      () => app.call('POST', 'jobs', job('touch denied', { start: false })),
      () => app.call('POST', 'jobs?dry_run=true', job('touch denied')),
      () => app.call('POST', `jobs/${id}/clone`, { command: 'touch denied' }),
      () => app.call('PUT', `jobs/${id}`, { command: 'touch denied' }),
    ]
    for (const attempt of attempts) {
      const { status, body } = await attempt()
      expect([status, body.code]).toEqual([403, 'command_denied'])
      expect(body.error).toMatch(/^box denies.*touch\\s\+denied.*do not rephrase/)
    }
    await app.call('PUT', `jobs/${id}`, { command: 'touch later' })
    await set({ deny: ['touch'] })
    expect((await app.call('POST', `jobs/${id}/start`)).body.code).toBe('command_denied')
    await app.call('DELETE', `jobs/${id}`)
    expect(made('denied')).toBe(false)
  })

  it('hold what needs a person until one in a browser answers', async () => {
    await set({ confirm: ['^touch'] })
    const command = `touch one; A_TOKEN=${SECRET}; echo done`
    const one = exec(command)
    const [first] = await held()
    expect(first).toMatchObject({
      ...{ action: 'command', command, working_dir: dir },
      ...{ pattern: '^touch', rule: '^touch', machines: [{ name: 'box' }] },
      asked_by: { via: 'api', key_name: null },
    })
    const others: Record<string, string>[] = [{}, { 'user-agent': 'dgx-cli/1' }]
    others.push({ origin: app.origin, 'x-api-key': 'any' })
    for (const headers of others) {
      const { status, body } = await decide(first, 'allow', headers)
      expect([status, body.code]).toEqual([403, 'person_required'])
    }
    expect(made('one')).toBe(false)
    expect((await decide(first, 'allow')).body.data).toMatchObject({ decision: 'allow' })
    expect(await answerOf(one)).toMatchObject({ data: { code: 0, stdout: 'done\n' } })
    expect(made('one')).toBe(true)
    expect((await decide(first, 'refuse')).status).toBe(404)
    const entries = async (query: string) => (await app.call('GET', `audit?${query}`)).body.data
    expect(await entries('action=decideApproval&limit=2')).toMatchObject([
      { outcome: 'not_found' },
      { outcome: 'ok', caller_via: 'browser', detail: { decision: 'allow', machines: ['box'] } },
    ])
    await vi.waitFor(async () => {
      const [entry] = await entries('action=executeCommand&q=touch one')
      const by = { approval_id: first?.id, allowed_by: expect.stringContaining('a person') }
      expect(entry).toMatchObject({ outcome: 'ok', exit_code: 0, detail: by })
    }, PATIENCE)

    const two = exec('touch two')
    const [second] = await held()
    await decide(second, 'refuse')
    const refused = await two
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { code: 'confirmation_refused', error: expect.stringMatching(/not run on box.*\^touch/) },
    ])
    expect(made('two')).toBe(false)
    await vi.waitFor(async () => {
      const [entry] = await entries('action=executeCommand&q=touch two')
      expect(entry).toMatchObject({ outcome: 'confirmation_refused', exit_code: null })
    }, PATIENCE)
  })

  it('hold a stream and a job alike, and look again when a person has allowed it', async () => {
    await set({ confirm: ['touch'] })
    const stream = fetch(`${app.origin}/api/dgx/exec/box`, {
      method: 'POST',
      headers: { accept: 'application/x-ndjson' },
      body: JSON.stringify({ command: 'touch streamed', cwd: dir }),
    })
    await decide((await held())[0], 'allow')
    expect(await (await stream).text()).toContain('"type":"exit"')
    expect(made('streamed')).toBe(true)

    const dry = await app.call('POST', 'jobs?dry_run=true', job('touch by-job'))
    expect(dry.body.data.status_message).toMatch(/^After a person has allowed it: /)
    const creating = app.call('POST', 'jobs', job('touch by-job'))
    const [asked] = await held()
    expect(asked).toMatchObject({ action: 'job', job_name: 'a job', command: 'touch by-job' })
    await decide(asked, 'allow')
    const { id } = (await creating).body.data
    expect(await ended(id)).toMatchObject({ status: 'completed' })
    // Another run is asked for anew.
    const cloned = app.call('POST', `jobs/${id}/clone`, {})
    await decide((await held())[0], 'refuse')
    expect((await cloned).body.code).toBe('confirmation_refused')

    const late = exec('touch late')
    const [stricter] = await held()
    await set({ deny: ['late'] })
    await decide(stricter, 'allow')
    expect(await answerOf(late)).toMatchObject({ code: 'command_denied' })
    expect(made('late')).toBe(false)
  })

  it('give a command up that nobody answers in time', async () => {
    await set({ confirm: ['touch'], confirm_timeout_s: 5 })
    const response = await exec('touch unanswered')
    expect([response.status, await response.json()]).toMatchObject([
      504,
      { code: 'confirmation_timed_out', error: expect.stringContaining('within 5 s') },
    ])
    expect([made('unanswered'), await waiting()]).toEqual([false, []])
  })

  it('withdraw the command of a caller that hangs up', async () => {
    await set({ confirm: ['touch'] })
    const caller = new AbortController()
    const gone = exec('touch gone', caller.signal)
    const creating = fetch(`${app.origin}/api/dgx/jobs`, {
      method: 'POST',
      body: JSON.stringify(job('touch gone')),
      signal: caller.signal,
    })
    for (const each of [gone, creating]) each.catch(() => {})
    const both = await held(2)
    caller.abort()
    await held(0)
    for (const each of both) expect((await decide(each, 'allow')).status).toBe(404)
    expect(made('gone')).toBe(false)
    expect((await app.call('GET', 'jobs?search=gone')).body.data).toEqual([])
  })

  it('hold 50 at most', async () => {
    await set({ confirm: ['touch'] })
    const callers = new AbortController()
    for (let i = 0; i < 50; i += 1) exec(`touch ${i}`, callers.signal).catch(() => {})
    await held(50)
    const { status, body } = await app.call('POST', 'exec/box', { command: 'touch more' })
    expect([status, body.code]).toEqual([429, 'too_busy'])
    // The others go on.
    expect((await app.call('POST', 'exec/box', { command: 'echo on' })).body.data.code).toBe(0)
    callers.abort()
    await held(0)
  })

  it('tell every browser what waits, at once', async () => {
    await set({ confirm: ['touch'] })
    const heard: Approval[][] = []
    const socket = new WebSocket(`ws://127.0.0.1:${app.port}/api/dgx/live`, {
      headers: { origin: app.origin },
    })
    socket.on('message', (data) => {
      const event = JSON.parse(String(data))
      if (event.type === 'approvals') heard.push(event.waiting)
    })
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'subscribe', topics: ['approvals'] }))
    await vi.waitFor(() => expect(heard.at(-1)).toEqual([]), PATIENCE)
    const asking = exec('touch heard')
    await vi.waitFor(() => expect(heard.at(-1)).toHaveLength(1), PATIENCE)
    await decide(heard.at(-1)?.[0], 'refuse')
    await asking
    await vi.waitFor(() => expect(heard.at(-1)).toEqual([]), PATIENCE)
    socket.terminate()
  })

  describe('over MCP', () => {
    let client: Client
    beforeAll(async () => {
      client = new Client({ name: 'agent', version: '1' })
      await client.connect(new StreamableHTTPClientTransport(new URL(`${app.origin}/mcp`)))
    })
    afterAll(() => client?.close())
    // biome-ignore lint/suspicious/noExplicitAny: what comes back is the thing under test.
    const tool = async (name: string, args: object): Promise<any> => {
      const result = await client.callTool({ name, arguments: { ...args } })
      const [content] = result.content
      const text = content?.type === 'text' ? content.text : ''
      return { ...(result.structuredContent as object), isError: result.isError === true, text }
    }

    it('hand a command back that waits for a person longer than the agent', async () => {
      await set({ confirm: ['touch'] })
      const run = { machine: 'box', command: 'touch by-agent; echo done', cwd: dir, wait_s: 1 }
      const first = await tool('run_command', run)
      expect(first).toMatchObject({ running: true, waits_for_person: true, isError: false })
      expect(first.text).toMatch(/a person at the app must allow it.*do not rephrase/)
      const [asked] = await held()
      expect(asked?.asked_by.via).toBe('mcp')
      await decide(asked, 'allow')
      const { command_id } = first
      const done = await tool('command_output', { command_id })
      expect(done).toMatchObject({ running: false, waits_for_person: false, stdout: 'done\n' })

      const second = await tool('run_command', { ...run, command: 'touch refused' })
      await decide((await held())[0], 'refuse')
      const refused = await tool('command_output', { command_id: second.command_id })
      expect(refused.isError).toBe(true)
      expect(refused.text).toMatch(/\[confirmation_refused\]\nNext: ask the person/)

      const third = await tool('run_command', { ...run, command: 'touch stopped' })
      await held()
      await tool('stop_command', { command_id: third.command_id })
      await held(0)
      expect([made('refused'), made('stopped')]).toEqual([false, false])
    })

    it('create a job that waits for a person once, however often it is called', async () => {
      await set({ confirm: ['touch'], deny: ['deny'] })
      const start = (client_token: string, command: string) =>
        tool('start_job', {
          ...{ client_token, name: client_token, machine: 'box', project: 'p', gpus: 0, command },
          wait_s: 1,
        })
      expect((await start('denied-1', 'deny')).text).toContain('[command_denied]')
      expect(await start('asked-job-1', 'touch asked-1')).toMatchObject({
        job: null,
        is_new: false,
      })
      expect((await start('asked-job-1', 'touch other')).text).toContain('[idempotency_conflict]')
      const [asked] = await held()
      const again = start('asked-job-1', 'touch asked-1')
      await decide(asked, 'allow')
      const { job } = await again
      expect(job).toMatchObject({ name: 'asked-job-1' })
      expect(await ended(job.id)).toMatchObject({ status: 'completed' })

      expect(await start('asked-job-2', 'touch asked-2')).toMatchObject({ job: null })
      await decide((await held())[0], 'refuse')
      expect((await start('asked-job-2', 'touch asked-2')).text).toContain('[confirmation_refused]')
      expect([made('asked-1'), made('asked-2')]).toEqual([true, false])
    })
  })

  describe('while it is read-only', () => {
    /** A terminal as a browser opens it, or as a program does. */
    const terminal = async (headers: Record<string, string>) => {
      const socket = new WebSocket(`ws://127.0.0.1:${app.port}/api/dgx/terminal/box`, { headers })
      const said: { type: string; code?: string }[] = []
      socket.on('message', (data, isBinary) => {
        if (!isBinary) said.push(JSON.parse(String(data)))
      })
      await once(socket, 'message')
      return { said, closed: () => socket.readyState === WebSocket.CLOSED }
    }

    it('refuses whatever changes the machine, and nothing else', async () => {
      const go = path.join(dir, 'go')
      const running = (
        await app.call('POST', 'jobs', job(`until [ -e ${go} ]; do sleep 0.05; done`))
      ).body.data.id
      const failed = (await app.call('POST', 'jobs', job('false'))).body.data.id
      const notStarted = (await app.call('POST', 'jobs', job('true', { start: false }))).body.data
        .id
      await app.call('GET', `jobs/${running}/wait?timeout_s=50&until=running`)
      await ended(failed)
      const waits = (await app.call('POST', 'jobs', job('true', { depends_on: [running] }))).body
        .data
      const shell = await terminal({ origin: app.origin })
      expect(shell.said[0]?.type).toBe('ready')

      await set({ read_only: true })
      const { id: box, read_only } = (await app.call('GET', 'connections/box')).body.data
      expect(read_only).toBe(true)
      await vi.waitFor(() => expect(shell.closed()).toBe(true), PATIENCE)
      expect(shell.said.at(-1)).toMatchObject({ type: 'error', code: 'machine_read_only' })
      expect((await terminal({ origin: app.origin })).said).toMatchObject([
        { type: 'error', code: 'machine_read_only' },
      ])

      const touch = { command: 'touch written', cwd: dir }
      /** Every operation that could change the machine. */
      const changes: Record<string, () => Promise<Answer>> = {
        executeCommand: () => app.call('POST', 'exec/box', touch),
        createJob: () => app.call('POST', 'jobs', job('touch written')),
        cloneJob: () => app.call('POST', `jobs/${failed}/clone`, {}),
        startJob: () => app.call('POST', `jobs/${notStarted}/start`),
        retryJob: () => app.call('POST', `jobs/${failed}/retry`),
        cancelJob: () => app.call('POST', `jobs/${running}/cancel`),
        updateJob: () => app.call('PUT', `jobs/${waits.id}`, { command: 'touch written' }),
        deleteJob: () => app.call('DELETE', `jobs/${running}?force=true`),
        deleteConnection: () => app.call('DELETE', `connections/${box}?force=true&cascade=true`),
        deleteProject: () => app.call('DELETE', 'projects/p?force=true'),
      }
      /** These change records of the app, or connect to the machine and look. */
      const GOES_ON = [
        ...['createConnection', 'updateConnection', 'reorderConnections', 'testConnection'],
        ...['trustHostKey', 'connect', 'disconnect', 'updateSafety', 'checkCommand'],
        ...['decideApproval', 'createProject', 'updateProject', 'addJobMetrics'],
        ...['createKey', 'updateKey', 'revokeKey', 'logIn', 'logOut', 'callMcp'],
      ]
      const { body } = await app.call('GET', 'openapi.json')
      const operations = Object.values((body as OpenApi).paths).flatMap((methods) =>
        Object.entries(methods).flatMap(([method, { operationId }]) =>
          method === 'get' ? [] : operationId,
        ),
      )
      const unknown = operations.filter((id) => !(id in changes) && !GOES_ON.includes(id))
      expect(unknown, 'operations that this test does not know').toEqual([])
      for (const [id, change] of Object.entries(changes)) {
        expect(operations).toContain(id)
        const { status, body } = await change()
        expect([id, status, body.code]).toEqual([id, 403, 'machine_read_only'])
      }
      const stream = await app.call('POST', 'exec/box', touch, { accept: 'text/event-stream' })
      expect(stream.body.code).toBe('machine_read_only')
      expect(made('written')).toBe(false)

      const { id: pool } = (
        await app.call('POST', 'connections', {
          ...{ name: 'away', hostname: '127.0.0.1', port: 1, username: 'nobody' },
        })
      ).body.data
      const other = job('touch written', { name: 'pool', connection_ids: ['box', pool] })
      expect((await app.call('POST', 'jobs?dry_run=true', other)).body.data).toMatchObject({
        ...{ would: 'wait', wait_reason: 'host_disconnected' },
      })
      const gpus = (await app.call('GET', 'gpus')).body.data
      expect(gpus[0]).toMatchObject({ is_free: false, reason: 'machine_read_only' })

      expect((await app.call('GET', 'metrics/box')).status).toBe(200)
      expect((await app.call('GET', `jobs/${running}/logs`)).status).toBe(200)
      writeFileSync(go, '')
      expect(await ended(running)).toMatchObject({ status: 'completed' })
      // What had waited for it would start now.
      await vi.waitFor(async () => {
        expect((await app.call('GET', `jobs/${waits.id}`)).body.data).toMatchObject({
          ...{ phase: 'queued', wait_reason: 'machine_read_only' },
          status_message: expect.stringContaining('box'),
        })
      }, PATIENCE)
      await set({ read_only: false })
      expect(await ended(waits.id)).toMatchObject({ status: 'completed' })
    })

    it('lets only people open a terminal where commands have rules', async () => {
      await set({ deny: ['never'] })
      expect((await terminal({ origin: app.origin })).said[0]?.type).toBe('ready')
      const program = await terminal({ origin: app.origin, authorization: 'Bearer x' })
      expect(program.said).toMatchObject([{ type: 'error', code: 'person_required' }])
    })
  })
})

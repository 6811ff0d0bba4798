import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import WebSocket from 'ws'
import { type App, startApp } from '../app'
import { type Sshd, startSshd } from '../testbed/sshd'

const PATIENCE = { timeout: 25_000, interval: 100 }
/** A command that goes on until the test makes this file. */
const gate = (name: string) => `until [ -e ${name} ]; do sleep 0.05; done`

describe('the logs of jobs over HTTP', () => {
  let app: App
  let sshd: Sshd
  let dir: string
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'dgx-logs-'))
    ;[app, sshd] = await Promise.all([startApp(), startSshd()])
    await app.call('POST', 'connections', { name: 'box', ...sshd.target })
    await app.call('POST', 'connect/box')
    await app.call('POST', 'projects', { name: 'p', connection_id: 'box', remote_path: dir })
  })
  afterAll(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
    rmSync(dir, { recursive: true, force: true })
  })

  const start = async (command: string, more: object = {}): Promise<string> => {
    const { status, body } = await app.call('POST', 'jobs', {
      ...{ name: 'a job', project_id: 'p', command, gpus: 0, ...more },
    })
    expect([status, body.error]).toEqual([201, undefined])
    return body.data.id
  }
  const ended = async (id: string) => {
    for (;;) {
      const { body } = await app.call('GET', `jobs/${id}/wait?timeout_s=50&until=terminal`)
      if (!body.meta.timed_out) return body.data
    }
  }
  const open = (name: string) => writeFileSync(path.join(dir, name), '')
  const get = (id: string, query = '', headers: Record<string, string> = {}) =>
    fetch(`${app.origin}/api/dgx/jobs/${id}/logs${query}`, { headers })
  const printed = (id: string, text: string) =>
    vi.waitFor(async () => {
      const { body } = await app.call('GET', `jobs/${id}/logs`)
      expect(body.data.stdout.text).toContain(text)
      return body.data
    }, PATIENCE)

  /** With a run's labels the end of its log is kept here. */
  const kept = (id: string) =>
    vi.waitFor(async () => {
      const { body } = await app.call('GET', `jobs/${id}`)
      expect(body.data.labels).toHaveLength(1)
    }, PATIENCE)

  it('answers text, exact bytes, and where to go on', async () => {
    const bytes = randomBytes(50_000)
    writeFileSync(path.join(dir, 'bytes'), bytes)
    const id = await start(`cat bytes; echo oops >&2; ${gate('go-1')}; printf end`)
    await vi.waitFor(async () => {
      const { body } = await app.call('GET', `jobs/${id}/logs?tail=1`)
      expect(body.data).toMatchObject({
        ...{ job_id: id, attempt: 1, ended: false, reachable: true, from_cache: false },
        stdout: { size_bytes: bytes.length },
        stderr: { text: 'oops\n', offset: 0, next_offset: 5, eof: true },
      })
    }, PATIENCE)
    const first = await get(id, '?stream=stdout&offset=0&max_bytes=30000&format=raw')
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-log-offset': '0',
      'x-log-next-offset': '30000',
      'x-log-size': '50000',
      'x-log-eof': 'false',
      'x-log-ended': 'false',
    })
    const second = await get(id, '?stream=stdout&offset=30000', { accept: 'text/plain' })
    const all = Buffer.concat([
      Buffer.from(await first.arrayBuffer()),
      Buffer.from(await second.arrayBuffer()),
    ])
    expect(all.equals(bytes)).toBe(true)
    open('go-1')
    await ended(id)
    const { body } = await app.call('GET', `jobs/${id}/logs?stream=stdout&offset=50000`)
    expect(body.data).toMatchObject({ ended: true, stdout: { text: 'end', eof: true } })

    const download = await get(id, '/download?stream=stdout')
    expect(Object.fromEntries(download.headers)).toMatchObject({
      'content-disposition': `attachment; filename="a job-1-stdout.log"; filename*=UTF-8''a%20job-1-stdout.log`,
      'x-log-size': '50003',
      'x-content-type-options': 'nosniff',
    })
    expect(
      Buffer.from(await download.arrayBuffer()).equals(Buffer.concat([bytes, Buffer.from('end')])),
    ).toBe(true)
  })

  it.each([
    ['?stream=both&format=raw', 'stream'],
    ['?offset=4', 'offset'],
    ['?stream=stdout&offset=4&tail=4', 'tail'],
    ['?tail=0', 'tail'],
    ['?stream=stdin', 'stream'],
    ['/search?query=', 'query'],
    ['/search', 'query'],
    ['/search?query=a%0Ab', 'query'],
    ['/download?stream=both', 'stream'],
  ])('answers 400 for %s', async (query, field) => {
    const id = await start('true')
    const { status, body } = await app.call('GET', `jobs/${id}/logs${query}`)
    expect([status, body.code, body.details?.[0]?.path]).toEqual([400, 'invalid_request', field])
  })

  it('follows to the end of the job, as lines of JSON, as events, and as bytes', async () => {
    const id = await start(`echo one; ${gate('go-2')}; echo two; exit 3`)
    const responses = await Promise.all([
      get(id, '?follow=true'),
      get(id, '?follow=true&stream=stdout', { accept: 'text/event-stream' }),
      get(id, '?follow=true&stream=stdout&format=raw'),
    ])
    const texts = responses.map((response) => response.text())
    await printed(id, 'one')
    open('go-2')
    const [lines = '', events = '', bytes] = await Promise.all(texts)
    const parsed = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(parsed[0]).toMatchObject({ type: 'start', job_id: id, attempt: 1 })
    expect(parsed.map(({ text = '' }) => text).join('')).toBe('one\ntwo\n')
    expect(parsed.at(-1)).toMatchObject({ type: 'end', status: 'failed', exit_code: 3 })
    expect(events).toContain('event: log\ndata: {"type":"log","stream":"stdout","text":"one\\n"')
    expect(events).toContain('event: end\n')
    expect(bytes).toBe('one\ntwo\n')
  })

  it('labels a run and reads its metrics once each, also when the app dies in between', async () => {
    const id = await start(
      `for i in 1 2 3; do echo step=$i loss=nan; done; touch half; ${gate('go-3')}; ` +
        'for i in 4 5 6; do echo step=$i loss=nan; done; echo my own trouble >&2',
      { log_labels: [{ label: 'trouble', pattern: 'own (trouble|luck)' }] },
    )
    await vi.waitFor(() => expect(existsSync(path.join(dir, 'half'))).toBe(true), PATIENCE)
    const labelled = (labels: object[]) =>
      vi.waitFor(async () => {
        const { body } = await app.call('GET', `jobs/${id}`)
        expect(body.data.labels).toEqual(labels.map((label) => expect.objectContaining(label)))
      }, PATIENCE)
    await labelled([{ label: 'nan_loss', count: 3 }])
    await app.kill()
    open('go-3')
    await app.start()
    await ended(id)
    await labelled([
      {
        label: 'nan_loss',
        count: 6,
        line: 'step=1 loss=nan',
        stream: 'stdout',
        offset: 0,
      },
      { label: 'trouble', count: 1, line: 'my own trouble', stream: 'stderr' },
    ])
    const { body } = await app.call('GET', `jobs/${id}/metrics`)
    expect(body.data.map(({ step }: { step: number }) => step)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('searches on the machine', async () => {
    const id = await start('seq 1 1000; echo "a needle; \\$(id)"; seq 1001 2000')
    await ended(id)
    const query = new URLSearchParams({ query: 'needle; $(id)', before: '1', after: '1' })
    const { body } = await app.call('GET', `jobs/${id}/logs/search?${query}`)
    expect(body.data).toMatchObject({
      matches: [{ line: 'a needle; $(id)', before: ['1000'], after: ['1001'], stream: 'stdout' }],
      truncated: false,
    })
  })

  it('answers 410 with what was kept once the log is deleted, 409 for a job tracked by hand', async () => {
    const id = await start('echo kept here; echo loss=nan')
    // Who waits for the end gets its labels; with them the end of its log is kept.
    expect((await ended(id)).labels).toMatchObject([{ label: 'nan_loss', count: 1 }])
    const { body: page } = await app.call('GET', `jobs/${id}/logs`)
    expect(page.data.stdout.text).toBe('kept here\nloss=nan\n')
    rmSync(path.join(sshd.dir, 'home/.dgx-command-center/jobs', id), { recursive: true })
    await vi.waitFor(async () => {
      const { status, body } = await app.call('GET', `jobs/${id}/logs`)
      expect([status, body.code]).toEqual([410, 'log_gone'])
      expect(body.data.stdout.text).toBe('kept here\nloss=nan\n')
    }, PATIENCE)
    await app.call('POST', 'jobs', { project_id: 'p', name: 'by hand' })
    const { status, body } = await app.call('GET', 'jobs/by%20hand/logs')
    expect([status, body.code]).toEqual([409, 'job_not_managed'])
  })

  it('gives what was kept while the machine is away', async () => {
    const id = await start(`echo loss=nan; ${gate('go-4')}`)
    await kept(id)
    await app.call('POST', 'disconnect/box')
    const { body } = await app.call('GET', `jobs/${id}/logs`)
    expect(body.data).toMatchObject({
      ...{ reachable: false, from_cache: true, ended: false },
      stdout: { text: 'loss=nan\n', offset: 0, next_offset: 9 },
    })
    await app.call('POST', 'connect/box')
    open('go-4')
    await ended(id)
  })

  it('sends a log over the WebSocket', async () => {
    const id = await start(`echo one; ${gate('go-5')}; echo two`, { name: 'watched' })
    const socket = new WebSocket(`${app.origin.replace('http', 'ws')}/api/dgx/live`, {
      origin: app.origin,
    })
    const seen: Array<{ type: string; text?: string; ended?: boolean }> = []
    socket.on('message', (data) => seen.push(JSON.parse(String(data))))
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send(JSON.stringify({ type: 'subscribe', topics: ['job-log:watched'] }))
    const text = () => seen.map((event) => event.text ?? '').join('')
    await vi.waitFor(() => expect(text()).toBe('one\n'), PATIENCE)
    open('go-5')
    await vi.waitFor(() => expect(text()).toBe('one\ntwo\n'), PATIENCE)
    await vi.waitFor(
      () => expect(seen.some(({ type, ended }) => type === 'job_log_state' && ended)).toBe(true),
      PATIENCE,
    )
    socket.close()
    await ended(id)
  })

  it('cuts a download off when the connection is lost, so that a part is no whole', async () => {
    const id = await start('head -c 300000000 /dev/zero')
    await ended(id)
    const response = await get(id, '/download')
    const reader = response.body?.getReader()
    await reader?.read()
    sshd.killSessions()
    const rest = (async () => {
      for (let done = false; !done; ) done = (await reader?.read())?.done ?? true
    })()
    await expect(rest).rejects.toThrow()
    await vi.waitFor(async () => {
      expect((await app.call('GET', 'status/box')).body.data.connected).toBe(true)
    }, PATIENCE)
  })

  it('leaves no follower behind', async () => {
    const tails = () =>
      sshd.processes().filter((pid) => {
        const file = `/proc/${pid}/cmdline`
        return existsSync(file) && readFileSync(file, 'utf8').includes('-F')
      })
    await vi.waitFor(() => expect(tails()).toEqual([]), PATIENCE)
  })
})

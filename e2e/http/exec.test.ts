import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type App, startApp } from '../app'
import { SECRET } from '../audit-trail'
import { type Sshd, startSshd } from '../testbed/sshd'

describe('exec over HTTP', () => {
  let app: App
  let sshd: Sshd
  beforeAll(async () => {
    ;[app, sshd] = await Promise.all([startApp(), startSshd({ profile: 'hanging' })])
    await app.call('POST', 'connections', { name: 'box', ...sshd.target })
    await app.call('POST', 'connect/box')
  })
  afterAll(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
  })
  const stream = (body: object, accept: string, signal?: AbortSignal) =>
    fetch(`${app.origin}/api/dgx/exec/box`, {
      method: 'POST',
      headers: { accept },
      body: JSON.stringify(body),
      ...(signal ? { signal } : {}),
    })

  it('answers 200 commands at once although nvidia-smi hangs there', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => app.call('POST', 'exec/box', { command: `echo ${i}` })),
    )
    expect(answers.map(({ body }) => body.data?.stdout)).toEqual(
      Array.from({ length: 200 }, (_, i) => `${i}\n`),
    )
  })

  it('answers 504 for the metrics of that machine, with the host in data', async () => {
    const { body } = await vi.waitFor(
      async () => {
        const answer = await app.call('GET', 'metrics/box')
        expect(answer.status).toBe(504)
        return answer
      },
      { timeout: 20_000, interval: 500 },
    )
    expect(body).toMatchObject({
      success: false,
      code: 'nvidia_smi_hung',
      data: { host: { memory_total_mb: expect.any(Number) } },
    })
  })

  it('streams lines of JSON as the command writes them', async () => {
    const response = await stream(
      { command: `export A_KEY=${SECRET}; echo one; echo two >&2; exit 4` },
      'application/x-ndjson',
    )
    const events = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events[0]).toEqual({ type: 'start' })
    expect(events.slice(1, -1)).toEqual(
      expect.arrayContaining([
        { type: 'stdout', data: 'one\n' },
        { type: 'stderr', data: 'two\n' },
      ]),
    )
    expect(events.at(-1)).toMatchObject({ type: 'exit', code: 4, signal: null, timed_out: false })
  })

  it('streams server-sent events too', async () => {
    const response = await stream({ command: 'echo hi' }, 'text/event-stream')
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    expect(await response.text()).toContain(
      'event: stdout\ndata: {"type":"stdout","data":"hi\\n"}\n\n',
    )
  })

  it.each(['application/x-ndjson', 'application/json'])(
    'ends the remote processes when the caller hangs up (%s)',
    async (accept) => {
      const mark = `${sshd.dir}/pid-${accept.length}`
      const caller = new AbortController()
      const running = stream(
        { command: `echo $$ > ${mark}; sleep 299` },
        accept,
        caller.signal,
      ).then((response) => response.text())
      const pid = await vi.waitFor(() => {
        const text = existsSync(mark) ? readFileSync(mark, 'utf8').trim() : ''
        expect(text).not.toBe('')
        return Number(text)
      }, 10_000)
      caller.abort()
      await expect(running).rejects.toThrow()
      await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), 10_000)
    },
  )

  it('says connection_lost with what there was when the session dies', async () => {
    const running = app.call('POST', 'exec/box', { command: 'echo part; touch said; sleep 30' })
    // What was said before this began to end comes before its end.
    const after = 'until [ -e said ]; do sleep 0.05; done; rm said'
    await app.call('POST', 'exec/box', { command: after })
    sshd.killSessions()
    const { status, body } = await running
    expect([status, body.code, body.data.stdout]).toEqual([502, 'connection_lost', 'part\n'])
    await vi.waitFor(async () => {
      expect((await app.call('GET', 'status/box')).body.data.status).toBe('connected')
    }, 15_000)
  })

  it('answers as every other endpoint does, though it does not go through Next', async () => {
    const headers = ['content-security-policy', 'x-content-type-options', 'referrer-policy']
    const page = await fetch(`${app.origin}/login`)
    const answers = [
      await app.call('POST', 'exec/box', { command: 'true' }),
      await app.call('POST', 'exec/nobody', { command: 'true' }),
      await app.call('POST', 'exec/box', { comand: 'true' }),
      await app.call('POST', 'exec/box', { command: 'x'.repeat(17 * 1024 * 1024) }),
      await app.call('GET', 'exec/box'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 400, 413, 405])
    for (const answer of answers) {
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
      for (const name of headers) expect(answer.headers.get(name)).toBe(page.headers.get(name))
    }
  })

  it('knows a machine by the name that it has now', async () => {
    const run = async (name: string) =>
      (await app.call('POST', `exec/${encodeURIComponent(name)}`, { command: 'true' })).status
    expect(await run('box')).toBe(200)
    await app.call('PUT', 'connections/box', { name: 'a box/2' })
    expect([await run('box'), await run('a box/2')]).toEqual([404, 200])
    await app.call('PUT', `connections/${encodeURIComponent('a box/2')}`, { name: 'box' })
    expect([await run('box'), await run('a box/2')]).toEqual([200, 404])
  })

  it('answers 409 with the next step for a machine that is not connected', async () => {
    await app.call('POST', 'connections', { name: 'off', hostname: 'off.example', username: 'u' })
    const { status, body } = await app.call('POST', 'exec/off', { command: 'true' })
    expect([status, body.code]).toEqual([409, 'not_connected'])
    expect(body.error).toContain('/api/dgx/connect/')
  })

  it('ends within 5 s of SIGTERM, streams and remote processes included', async () => {
    const mark = `${sshd.dir}/pid-stop`
    const response = await stream(
      { command: `echo $$ > ${mark}; sleep 296` },
      'application/x-ndjson',
    )
    const reading = response.text().catch(() => '')
    await vi.waitFor(() => expect(existsSync(mark)).toBe(true), 10_000)
    const since = Date.now()
    expect(await app.stop()).toBe(0)
    expect(Date.now() - since).toBeLessThan(5_500)
    expect(existsSync(`/proc/${readFileSync(mark, 'utf8').trim()}`)).toBe(false)
    await reading
    await app.start()
  })
})

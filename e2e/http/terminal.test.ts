import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type App, startApp } from '../app'
import { SECRET } from '../audit-trail'
import { type Sshd, startSshd } from '../testbed/sshd'

/** Empty when the process is gone. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

type Said = { type: string; [key: string]: unknown }

describe('the terminal socket', () => {
  let app: App
  let sshd: Sshd
  const open: WebSocket[] = []
  beforeAll(async () => {
    ;[app, sshd] = await Promise.all([startApp(), startSshd()])
    await app.call('POST', 'connections', { name: 'box', ...sshd.target })
    await app.call('POST', 'connect/box')
  })
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.terminate()
    // The next test's processes are its own.
    await vi.waitFor(() => expect(shells()).toEqual([]), 10_000)
  })
  afterAll(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
  })
  /** Pids of what has a terminal on the machine; field 7 of stat is its number. */
  const shells = () =>
    sshd.processes().filter((pid) => {
      const stat = read(`/proc/${pid}/stat`)
      return stat !== '' && stat.slice(stat.lastIndexOf(')')).split(' ')[5] !== '0'
    })
  /** Waits until a number has stopped growing, seen over some round trips to the machine. */
  const untilSteady = (count: () => number) =>
    vi.waitFor(async () => {
      const before = count()
      for (let i = 0; i < 10; i += 1) await app.call('POST', 'exec/box', { command: 'true' })
      expect(count()).toBe(before)
      return before
    }, 20_000)

  /** A terminal as a browser opens it: what it showed, what it was told, and how it closed. */
  function terminal(path = 'box?cols=80&rows=24', headers = { origin: app.origin }) {
    const socket = new WebSocket(`ws://127.0.0.1:${app.port}/api/dgx/terminal/${path}`, { headers })
    open.push(socket)
    const said: Said[] = []
    const shown = { text: '', bytes: 0 }
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) said.push(JSON.parse(data.toString()))
      else {
        shown.bytes += data.length
        shown.text = (shown.text + data.toString()).slice(-100_000)
      }
    })
    const closed = once(socket, 'close').then(([code]) => code as number)
    closed.catch(() => {})
    return {
      socket,
      said,
      shown,
      closed,
      type: (text: string) => socket.send(Buffer.from(text)),
      tell: (message: object) => socket.send(JSON.stringify(message)),
      isReady: () => vi.waitFor(() => expect(said).toEqual([{ type: 'ready' }]), 10_000),
      shows: (pattern: RegExp) => vi.waitFor(() => expect(shown.text).toMatch(pattern), 10_000),
    }
  }

  it('is a shell: what is typed runs, what it says comes back', async () => {
    const shell = terminal('box?cols=97&rows=19')
    await shell.isReady()
    shell.type(`A_TOKEN=${SECRET}; stty size; echo "sum=$((40+2))"\n`)
    await shell.shows(/19 97\r\n.*sum=42/s)
    shell.tell({ type: 'resize', cols: 120, rows: 33 })
    shell.type('stty size\n')
    await shell.shows(/33 120/)
    shell.type('exit 7\n')
    expect(await shell.closed).toBe(1000)
    expect(shell.said.at(-1)).toEqual({ type: 'exit', exit_code: 7, signal: null })
  })

  it('hangs up what runs in it when the browser goes', async () => {
    const shell = terminal()
    await shell.isReady()
    shell.type('echo "pid=$$"; sleep 293\n')
    await shell.shows(/pid=\d+/)
    const pid = Number(/pid=(\d+)/.exec(shell.shown.text)?.[1])
    expect(sshd.processes()).toContain(pid)
    shell.socket.close()
    await vi.waitFor(() => expect(sshd.processes()).not.toContain(pid), 10_000)
  })

  it('makes endless output wait for a client that says what it drew', async () => {
    const shell = terminal()
    await shell.isReady()
    shell.tell({ type: 'ack', bytes: 0 })
    shell.type('yes\n')
    // One MiB ahead, and what ssh had on its way.
    await vi.waitFor(() => expect(shell.shown.bytes).toBeGreaterThan(1024 * 1024), 10_000)
    const held = await untilSteady(() => shell.shown.bytes)
    expect(held).toBeLessThan(4 * 1024 * 1024)
    shell.tell({ type: 'ack', bytes: held })
    await vi.waitFor(() => expect(shell.shown.bytes).toBeGreaterThan(held + 1024 * 1024), 10_000)
  })

  it('makes endless output wait for a browser that reads nothing', async () => {
    const shell = terminal()
    await shell.isReady()
    shell.type('exec cat /dev/zero\n')
    await vi.waitFor(() => expect(shell.shown.bytes).toBeGreaterThan(1024 * 1024), 10_000)
    shell.socket.pause()
    const [writer = 0] = shells()
    const written = () => Number(/wchar: (\d+)/.exec(read(`/proc/${writer}/io`))?.[1])
    const before = written()
    expect(before).toBeGreaterThan(1024 * 1024)
    expect((await untilSteady(written)) - before).toBeLessThan(64 * 1024 * 1024)
  })

  it.each([
    ['nowhere', 'connection_not_found'],
    ['no%20such%20box', 'connection_not_found'],
    ['off', 'not_connected'],
    ['box?cols=1', 'invalid_request'],
    ['box?rows=501', 'invalid_request'],
    ['box?colour=1', 'invalid_request'],
  ])('says why it opens no shell: %s is %s', async (path, code) => {
    if (path === 'off') {
      await app.call('POST', 'connections', { name: 'off', hostname: 'off.example', username: 'u' })
    }
    const shell = terminal(path)
    expect(await shell.closed).toBe(1011)
    expect(shell.said).toEqual([{ type: 'error', code, error: expect.any(String) }])
  })

  it('opens five on a machine, refuses a sixth, and goes on sampling', async () => {
    const five = Array.from({ length: 5 }, () => terminal())
    await Promise.all(five.map((shell) => shell.isReady()))
    const sixth = terminal()
    expect(await sixth.closed).toBe(1011)
    expect(sixth.said).toMatchObject([{ type: 'error', code: 'too_busy' }])
    expect((await app.call('POST', 'exec/box', { command: 'echo free' })).body.data.stdout).toBe(
      'free\n',
    )
    const { body } = await app.call('GET', 'metrics/box')
    await vi.waitFor(async () => {
      const { body: next } = await app.call('GET', 'metrics/box')
      expect(next.data.recorded_at).not.toBe(body.data.recorded_at)
    }, 15_000)
    for (const shell of five) shell.socket.close()
    await vi.waitFor(async () => {
      const next = terminal()
      await vi.waitFor(() => expect(next.said).toHaveLength(1), 10_000)
      expect(next.said).toEqual([{ type: 'ready' }])
    }, 20_000)
  })

  it('refuses messages that it does not know, and other web pages', async () => {
    const shell = terminal()
    await shell.isReady()
    shell.tell({ type: 'resize', cols: 80, rows: 0 })
    expect(await shell.closed).toBe(1011)
    expect(shell.said.at(-1)).toMatchObject({ type: 'error', code: 'invalid_request' })

    const stranger = terminal('box', { origin: 'http://evil.example' })
    const [, answer] = await once(stranger.socket, 'unexpected-response')
    expect(answer.statusCode).toBe(403)
  })

  it('opens nothing without the API key where one is set', async () => {
    const key = 'a long enough secret'
    const locked = await startApp({ API_SERVER_KEY: key })
    try {
      const connect = (headers: Record<string, string>) =>
        new WebSocket(`ws://127.0.0.1:${locked.port}/api/dgx/terminal/nowhere`, { headers })
      const refused = connect({ origin: locked.origin })
      refused.on('error', () => {})
      const [, answer] = await once(refused, 'unexpected-response')
      expect(answer.statusCode).toBe(401)
      refused.terminate()
      const allowed = connect({ 'x-api-key': key })
      const [said] = await once(allowed, 'message')
      expect(JSON.parse(String(said))).toMatchObject({ code: 'connection_not_found' })
    } finally {
      await locked.stop()
      locked.remove()
    }
  })

  it('says connection_lost when the machine goes', async () => {
    const shell = terminal()
    await shell.isReady()
    sshd.killSessions()
    expect(await shell.closed).toBe(1011)
    expect(shell.said.at(-1)).toMatchObject({ type: 'error', code: 'connection_lost' })
    await vi.waitFor(async () => {
      expect((await app.call('GET', 'status/box')).body.data.status).toBe('connected')
    }, 15_000)
  })

  it('does not keep the app from ending', async () => {
    const shell = terminal()
    await shell.isReady()
    shell.type('echo "pid=$$"; sleep 292\n')
    await shell.shows(/pid=\d+/)
    const since = Date.now()
    expect(await app.stop()).toBe(0)
    expect(Date.now() - since).toBeLessThan(5_000)
    const pid = Number(/pid=(\d+)/.exec(shell.shown.text)?.[1])
    await vi.waitFor(() => expect(sshd.processes()).not.toContain(pid), 10_000)

    // A page that was open comes back before anything else has called the app.
    await app.start()
    const early = terminal('nowhere')
    expect(await early.closed).toBe(1011)
    expect(early.said).toMatchObject([{ type: 'error', code: 'connection_not_found' }])
  })
})

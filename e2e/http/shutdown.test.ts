import { once } from 'node:events'
import net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type App, startApp } from '../app'
import { type Sshd, startSshd } from '../testbed/sshd'

describe('the end of the app', () => {
  let app: App
  let sshd: Sshd | undefined
  afterEach(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
  })

  it('comes within 5 s though a command streams and a client dawdles', async () => {
    ;[app, sshd] = await Promise.all([startApp(), startSshd()])
    await app.call('POST', 'connections', { name: 'box', ...sshd.target })
    await app.call('POST', 'connect/box')
    const stream = await fetch(`${app.origin}/api/dgx/exec/box`, {
      method: 'POST',
      headers: { accept: 'application/x-ndjson' },
      body: JSON.stringify({ command: 'echo started; sleep 300' }),
    })
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    let said = ''
    while (!said.includes('started')) said += (await reader?.read())?.value ?? ''
    // A request whose body never comes.
    const dawdler = net.connect(app.port, '127.0.0.1')
    dawdler.on('error', () => {})
    dawdler.write(
      `POST /api/dgx/projects HTTP/1.1\r\nhost: 127.0.0.1:${app.port}\r\ncontent-length: 10\r\n\r\n{`,
    )
    await once(dawdler, 'connect')

    const startedAt = performance.now()
    const cutOff = expect(reader?.read()).rejects.toThrow('terminated')
    expect(await app.stop()).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    await cutOff
    expect(app.log()).toContain('"msg":"stopped"')
  })

  it('answers who calls while it is still starting', async () => {
    app = await startApp()
    await app.stop()
    const started = app.start()
    // Refused until the port is bound; after that every call must be answered.
    const call = async (): Promise<number> =>
      fetch(`${app.origin}/api/health`, { signal: AbortSignal.timeout(20_000) }).then(
        ({ status }) => status,
        async (error: Error) => {
          if (error.name === 'TimeoutError') throw error
          await new Promise((resolve) => setTimeout(resolve, 5))
          return call()
        },
      )
    expect(await call()).toBe(200)
    await started
  })
})

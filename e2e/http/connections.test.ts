import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp } from '../app'
import { type Sshd, startSshd } from '../testbed/sshd'

describe('connections', () => {
  let app: App
  let sshd: Sshd
  let dir: string
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'dgx-config-'))
    const config = path.join(dir, 'config')
    writeFileSync(
      config,
      'Host alpha\n  HostName 10.0.0.1\n  User ubuntu\n\nHost new-box\n  User ubuntu\n  Port 2222\n',
    )
    ;[app, sshd] = await Promise.all([startApp({ SSH_CONFIG_FILE: config }), startSshd()])
    for (const name of ['alpha', 'beta', 'gamma', 'delta']) {
      await app.call('POST', 'connections', { name, hostname: '10.0.0.1', username: 'ubuntu' })
    }
  })
  afterAll(async () => {
    await app.stop()
    app.remove()
    await sshd.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  const listed = async (query: string) => {
    const { body } = await app.call('GET', `connections?${query}`)
    return body.data.map(({ name }: { name: string }) => name)
  }

  it('lists the newest first, and by name or the own order when asked', async () => {
    expect(await listed('')).toEqual(['delta', 'gamma', 'beta', 'alpha'])
    expect(await listed('sort=-name')).toEqual(['gamma', 'delta', 'beta', 'alpha'])
    expect(await listed('sort=position')).toEqual(['alpha', 'beta', 'gamma', 'delta'])
  })

  it('keeps an own order; what is not named follows as it was', async () => {
    const { status, body } = await app.call('POST', 'connections/reorder', {
      ids: ['gamma', 'alpha'],
    })
    expect([status, body.data.ids.length]).toEqual([200, 4])
    const order = ['gamma', 'alpha', 'beta', 'delta']
    expect(await listed('sort=position')).toEqual(order)
    await app.stop()
    await app.start()
    const first = await app.call('GET', 'connections?sort=position&limit=2')
    const rest = await app.call(
      'GET',
      `connections?sort=position&cursor=${first.body.meta.next_cursor}`,
    )
    expect([...first.body.data, ...rest.body.data].map(({ name }) => name)).toEqual(order)
    expect(first.body.data[1].position).toBe(1)
  })

  it('says what is wrong with an order, and changes nothing', async () => {
    const order = await listed('sort=position')
    for (const [ids, code] of [
      [['alpha', 'nobody'], 'connection_not_found'],
      [['beta', 'alpha', 'beta'], 'invalid_request'],
      [[], 'invalid_request'],
    ] as const) {
      const { body } = await app.call('POST', 'connections/reorder', { ids })
      expect(body.code).toBe(code)
    }
    expect(await listed('sort=position')).toEqual(order)
  })

  it('counts what deleting takes away', async () => {
    await app.call('POST', 'connections', { name: 'real', ...sshd.target })
    const { body: connected } = await app.call('POST', 'connect/real')
    expect(connected.data).toMatchObject({ host_key_type: 'ssh-ed25519', is_first_contact: true })
    await app.call('GET', 'metrics/real')
    const project = await app.call('POST', 'projects', { name: 'p', connection_id: 'real' })
    for (const status of ['running', 'completed']) {
      await app.call('POST', 'jobs', { name: status, project_id: project.body.data.id, status })
    }
    await expect
      .poll(async () => (await app.call('GET', 'connections/real/contents')).body.data, {
        timeout: 20_000,
      })
      .toMatchObject({
        samples: expect.toSatisfy((count: number) => count >= 9),
        samples_since: expect.stringMatching(/Z$/),
        projects: 1,
        jobs: 2,
        running_jobs: 1,
      })
    const empty = await app.call('GET', 'connections/alpha/contents')
    expect(empty.body.data).toMatchObject({ samples: 0, samples_since: null, projects: 0, jobs: 0 })
  })

  it('streams a test as lines and as events', async () => {
    const body = JSON.stringify(sshd.target)
    const url = `${app.origin}/api/dgx/connections/test`
    const ask = (accept: string) => fetch(url, { method: 'POST', body, headers: { accept } })
    const lines = (await (await ask('application/x-ndjson')).text()).trim().split('\n')
    const events = lines.map((line) => JSON.parse(line))
    expect(events[0]).toEqual({ type: 'step', step: 'resolve', status: 'running' })
    expect(events.at(-1)).toMatchObject({ type: 'result', ok: true })
    expect(await (await ask('text/event-stream')).text()).toContain('event: result\ndata: {')
    expect((await (await ask('*/*')).json()).data.ok).toBe(true)
    const unknown = await fetch(url, {
      method: 'POST',
      body: JSON.stringify({ ...JSON.parse(body), connection_id: 'unknown' }),
      headers: { accept: 'application/x-ndjson' },
    })
    expect([unknown.status, (await unknown.json()).code]).toEqual([404, 'connection_not_found'])
  })

  it('tells which hosts of the ssh config were added before', async () => {
    const { body } = await app.call('GET', 'ssh-hosts')
    expect(body.data).toMatchObject([
      { name: 'alpha', address: '10.0.0.1', connection: { name: 'alpha' } },
      { name: 'new-box', address: 'new-box', port: 2222, connection: null },
    ])
  })
})

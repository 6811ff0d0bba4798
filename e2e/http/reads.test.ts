import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp } from '../app'
import { type Sshd, startSshd } from '../testbed/sshd'

describe('reads as their caller wants them', () => {
  let app: App
  let sshd: Sshd
  beforeAll(async () => {
    ;[app, sshd] = await Promise.all([startApp(), startSshd()])
    await app.call('POST', 'connections', { name: 'box', ...sshd.target })
    await app.call('POST', 'connect/box')
    await app.call('POST', 'projects', { name: 'vit', connection_id: 'box' })
  })
  afterAll(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
  })

  it('give a shell the GPUs of a machine in a table, and only the fields that are asked for', async () => {
    const { headers, body } = await app.call('GET', 'metrics/box', undefined, {
      accept: 'text/plain',
    })
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(body).toMatch(/^INDEX {2}NAME +GPU UTILIZATION +MEMORY USED MB/)
    const few = await app.call('GET', 'connections?fields=name,status')
    expect(few.body.data).toEqual([{ name: 'box', status: 'connected' }])
    const wrong = await app.call('GET', 'metrics/box?fields=gpus.colour')
    expect([wrong.status, wrong.body.error]).toEqual([
      400,
      expect.stringContaining('temperature_c'),
    ])
  })

  it('cost nothing while nothing changes', async () => {
    const first = await app.call('GET', 'projects/vit')
    const etag = first.headers.get('etag') ?? ''
    const again = await app.call('GET', 'projects/vit', undefined, { 'if-none-match': etag })
    expect([again.status, again.body]).toEqual([304, ''])
    await app.call('PUT', 'projects/vit', { status: 'paused' })
    const changed = await app.call('GET', 'projects/vit', undefined, { 'if-none-match': etag })
    expect([changed.status, changed.body.data.status]).toEqual([200, 'paused'])
  })

  it('let of two who saw the same only one change it, whatever its machine does', async () => {
    const etag = (await app.call('GET', 'connections/box')).headers.get('etag') ?? ''
    await app.call('POST', 'disconnect/box')
    const put = (sample_interval_ms: number) =>
      app.call('PUT', 'connections/box', { sample_interval_ms }, { 'if-match': etag })
    const answers = await Promise.all([put(3_000), put(4_000)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412])
    const refused = answers.find(({ status }) => status === 412)
    expect(refused?.body.code).toBe('precondition_failed')
    await app.call('POST', 'connect/box')
  })

  it('wait as long as Prefer says', async () => {
    const job = await app.call('POST', 'jobs', {
      name: 'short',
      connection_id: 'box',
      gpus: 0,
      command: 'true',
    })
    const { headers, body } = await app.call('GET', `jobs/${job.body.data.id}/wait`, undefined, {
      prefer: 'wait=50',
    })
    expect([headers.get('preference-applied'), body.data.status]).toEqual(['wait=50', 'completed'])
  })

  it('name what may be asked for when a parameter is wrong', async () => {
    const { body } = await app.call('GET', 'projects?stauts=active')
    expect(body.error).toContain('"stauts" of the query')
    expect(body.error).toContain('status')
  })
})

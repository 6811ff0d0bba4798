import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type App, startApp } from '../app'
import { type Sshd, startSshd } from '../testbed/sshd'

describe('kill -9 of the app under load', () => {
  let app: App
  let sshd: Sshd
  beforeAll(async () => {
    ;[app, sshd] = await Promise.all([startApp(), startSshd()])
  })
  afterAll(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
  })

  it('loses nothing that was acknowledged, and brings back the connections', async () => {
    await app.call('POST', 'connections', { name: 'box', ...sshd.target, sample_interval_ms: 1000 })
    await app.call('POST', 'connect/box')
    await app.call('POST', 'projects', { name: 'load', connection_id: 'box' })
    const acknowledged: string[] = []
    let isDead = false
    const writer = async (worker: number) => {
      for (let i = 0; !isDead; i += 1) {
        const name = `job-${worker}-${i}`
        try {
          const { status, body } = await app.call('POST', 'jobs', {
            name,
            project_id: 'load',
            metrics: { i },
          })
          if (status === 201) acknowledged.push(body.data.id)
        } catch {
          return
        }
      }
    }
    const writers = Array.from({ length: 8 }, (_, i) => writer(i))
    await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(50), 20_000)
    await vi.waitFor(async () => {
      expect(
        (await app.call('GET', 'metrics/box/history?hours=1')).body.data.length,
      ).toBeGreaterThan(0)
    }, 20_000)
    await app.kill()
    isDead = true
    await Promise.all(writers)

    await app.start()
    const found = new Set<string>()
    let cursor: string | null = ''
    while (cursor !== null) {
      const { body }: Awaited<ReturnType<App['call']>> = await app.call(
        'GET',
        `jobs?limit=1000${cursor ? `&cursor=${cursor}` : ''}`,
      )
      for (const { id } of body.data) found.add(id)
      cursor = body.meta.next_cursor
    }
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([])
    await vi.waitFor(async () => {
      expect((await app.call('GET', 'status/box')).body.data).toMatchObject({
        status: 'connected',
        is_active: true,
      })
    }, 20_000)
    const metrics = await app.call('GET', 'metrics/box')
    expect(metrics.body).toMatchObject({ success: true, data: { gpus: { length: 8 } } })
    expect((await app.call('GET', 'metrics/box/history?hours=1')).body.data.length).toBeGreaterThan(
      0,
    )
  })
})

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { STATUS } from '@/lib/api/status'
import { type App, startApp } from '../app'

describe('the HTTP contract', () => {
  let app: App
  beforeAll(async () => {
    app = await startApp({ LOG_LEVEL: 'error' })
    await app.call('POST', 'connections', { name: 'c', hostname: 'nowhere.invalid', username: 'u' })
    await app.call('POST', 'projects', { name: 'p' })
    await app.call('POST', 'jobs', { name: 'j', project_id: 'p' })
  })
  afterAll(async () => {
    await app?.stop()
    app?.remove()
  })

  /** Records of their own, by id: the run may rename them. */
  const endpoints = async () => {
    const id = async (path: string, input: object) =>
      (await app.call('POST', path, input)).body.data.id
    const connection = await id('connections', {
      name: 'any',
      hostname: 'nowhere.invalid',
      username: 'u',
    })
    const project = await id('projects', { name: 'any' })
    const job = await id('jobs', { name: 'any', project_id: project })
    return [
      ['POST', 'connections'],
      ['PUT', `connections/${connection}`],
      ['POST', `connections/${connection}/trust`],
      ['POST', `disconnect/${connection}`],
      ['POST', `exec/${connection}`],
      ['POST', 'projects'],
      ['PUT', `projects/${project}`],
      ['POST', 'jobs'],
      ['PUT', `jobs/${job}`],
      ['POST', 'jobs?dry_run=true'],
      ['POST', `jobs/${job}/clone`],
      ['POST', `jobs/${job}/cancel`],
    ] as const
  }

  const FIELDS = [
    'name',
    'hostname',
    'username',
    'port',
    'ssh_key_path',
    'command',
    'env',
    'timeout_ms',
    'status',
    'config',
    'metrics',
    'project_id',
    'connection_id',
    'project_type',
    'fingerprint',
    'gpus',
    'gpu_indices',
    'connection_ids',
    'depends_on',
    'priority',
    'tags',
    '__proto__',
    'constructor',
  ]
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom('running', 'nlp', 'p', 'c', '', '\0', '\ud800', 1e308, -1),
  )
  const body = fc.oneof(
    fc.json({ maxDepth: 5 }),
    fc
      .dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 6 })
      .map((object) => JSON.stringify(object)),
    fc.string({ unit: 'binary', maxLength: 60 }),
  )

  it('answers any body at every endpoint with a 2xx or a 4xx of the contract', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...(await endpoints())),
        body,
        async ([method, path], text) => {
          const answer = await app.call(method, path, text)
          const problem = `${method} ${path} ${text} -> ${answer.status} ${JSON.stringify(answer.body)}`
          expect(answer.status < 500 && answer.status >= 200, problem).toBe(true)
          expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
          if (answer.status < 300) expect(answer.body.success, problem).toBe(true)
          else {
            expect(answer.body, problem).toMatchObject({
              success: false,
              error: expect.any(String),
              request_id: expect.any(String),
            })
            expect(STATUS[answer.body.code as keyof typeof STATUS], problem).toBe(answer.status)
          }
        },
      ),
      { numRuns: 500 },
    )
  }, 120_000)

  it.each(['{"name":', '[]', '"text"', 'null', '12', '\u0000', '{"name": "x"}{"name": "y"}'])(
    'takes %j for a bad request',
    async (text) => {
      expect((await app.call('POST', 'connections', text)).status).toBe(400)
    },
  )

  it('names every field that is wrong, and where', async () => {
    const { body } = await app.call('POST', 'connections', {
      name: '',
      hostname: '-oProxyCommand=x',
      port: '22',
      colour: 'green',
    })
    expect(body.details.map(({ path }: { path: string }) => path).sort()).toEqual([
      'colour',
      'hostname',
      'name',
      'port',
      'username',
    ])
  })

  it('refuses an empty PUT, a body that is too large and one that is too deep', async () => {
    expect((await app.call('PUT', 'connections/c')).status).toBe(400)
    const large = await app.call('POST', 'projects', {
      name: 'x',
      description: 'y'.repeat(2 * 1024 * 1024),
    })
    expect([large.status, large.body.code]).toEqual([413, 'payload_too_large'])
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    expect(
      (await app.call('POST', 'projects', `{"name": "x", "config": {"a": ${deep}}}`)).status,
    ).toBe(400)
  })

  it('answers what is not there, and methods that are not possible, in the envelope', async () => {
    expect((await app.call('GET', 'nothing/here')).body).toMatchObject({
      success: false,
      code: 'not_found',
    })
    const wrong = await app.call('DELETE', 'connections')
    expect([wrong.status, wrong.body.code, wrong.headers.get('allow')]).toEqual([
      405,
      'method_not_allowed',
      'GET, POST, HEAD, OPTIONS',
    ])
    expect((await app.call('GET', 'connections/unknown')).body.code).toBe('connection_not_found')
    expect((await app.call('GET', 'connections/%E0%A4%A')).status).toBe(400)
  })

  it('refuses queries that it does not know or cannot read', async () => {
    for (const query of [
      'limit=0',
      'limit=1001',
      'limit=x',
      'cursor=broken',
      'colour=green',
      'limit=1&limit=2',
    ]) {
      expect([query, (await app.call('GET', `connections?${query}`)).status]).toEqual([query, 400])
    }
    for (const query of [
      'hours=0',
      'hours=9000',
      'points=0',
      'points=2001',
      'format=xml',
      'from=yesterday',
      'hours=1&from=2026-01-01T00:00:00Z',
    ]) {
      expect([query, (await app.call('GET', `metrics/c/history?${query}`)).status]).toEqual([
        query,
        400,
      ])
    }
    for (const query of ['hours=0', 'gpu=0', 'format=xml', 'hours=1&from=2026-01-01T00:00:00Z']) {
      expect([query, (await app.call('GET', `metrics/c/host-history?${query}`)).status]).toEqual([
        query,
        400,
      ])
    }
    for (const query of ['limit=0', 'before=yesterday', 'cursor=nonsense']) {
      expect([query, (await app.call('GET', `metrics/c/health-events?${query}`)).status]).toEqual([
        query,
        400,
      ])
    }
    expect((await app.call('GET', 'jobs?connection_id=unknown')).body.code).toBe(
      'connection_not_found',
    )
    expect((await app.call('GET', 'jobs?overlaps_to=tomorrow')).status).toBe(400)
    expect((await app.call('GET', 'jobs?project_id=unknown')).body.code).toBe('project_not_found')
    expect((await app.call('GET', 'metrics/c/history?hours=0.5')).status).toBe(200)
    expect(
      (await app.call('GET', 'metrics/c/history?hours=8784&points=2000&format=csv')).headers.get(
        'content-type',
      ),
    ).toContain('text/csv')
  })

  it('answers HEAD like GET, without a body', async () => {
    const response = await fetch(`${app.origin}/api/dgx/connections`, { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it('finds by id before name, and refuses an ambiguous name with the ids', async () => {
    const [a, b] = [
      await app.call('POST', 'projects', { name: 'twin' }),
      await app.call('POST', 'projects', { name: 'twin' }),
    ]
    const ids = [a.body.data.id, b.body.data.id]
    const { status, body } = await app.call('GET', 'projects/twin')
    expect([status, body.code]).toEqual([409, 'ambiguous_name'])
    expect(body.details.map(({ message }: { message: string }) => message).sort()).toEqual(
      ids.sort(),
    )
    expect((await app.call('GET', `projects/${ids[0]}`)).body.data.id).toBe(ids[0])
    const named = await app.call('POST', 'projects', { name: ids[0] })
    expect((await app.call('GET', `projects/${ids[0]}`)).body.data.id).not.toBe(named.body.data.id)
  })

  it('keeps connection names unique', async () => {
    const again = await app.call('POST', 'connections', { name: 'c', hostname: 'h', username: 'u' })
    expect([again.status, again.body.code]).toEqual([409, 'name_taken'])
  })

  it('pages through a list, newest first, while it grows', async () => {
    for (let i = 0; i < 7; i += 1) await app.call('POST', 'projects', { name: `page-${i}` })
    const first = await app.call('GET', 'projects?limit=3')
    expect(first.body.data.map(({ name }: { name: string }) => name)).toEqual([
      'page-6',
      'page-5',
      'page-4',
    ])
    await app.call('POST', 'projects', { name: 'late' })
    const second = await app.call('GET', `projects?limit=3&cursor=${first.body.meta.next_cursor}`)
    expect(second.body.data.map(({ name }: { name: string }) => name)).toEqual([
      'page-3',
      'page-2',
      'page-1',
    ])
  })

  it('searches, filters and sorts lists, and names the parameter that it cannot read', async () => {
    const project = (await app.call('POST', 'projects', { name: 'listed 100%' })).body.data.id
    for (const [name, status] of [
      ['list b', 'running'],
      ['LIST A', 'failed'],
      ['list c', 'pending'],
    ])
      await app.call('POST', 'jobs', { project_id: project, name, status })
    const names = async (path: string) => {
      const { body } = await app.call('GET', path)
      return body.data.map(({ name }: { name: string }) => name)
    }
    expect(await names('jobs?search=list&sort=name')).toEqual(['LIST A', 'list b', 'list c'])
    expect(await names(`jobs?project_id=${project}&status=running,pending&sort=-name`)).toEqual([
      'list c',
      'list b',
    ])
    expect(await names('projects?search=100%25')).toEqual(['listed 100%'])
    for (const query of ['status=asleep', 'status=running,', 'sort=colour', 'cursor=broken']) {
      const { status, body } = await app.call('GET', `jobs?${query}`)
      const parameter = query.split('=')[0]
      expect([query, status, body.details[0].path.split('.')[0]]).toEqual([query, 400, parameter])
    }
  })

  it('gives the first answer again for the same Idempotency-Key, also to twenty at once', async () => {
    const post = (name: string, key: string) =>
      app.call('POST', 'projects', { name }, { 'idempotency-key': key })
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('once', 'key-1')))
    expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    const later = await post('once', 'key-1')
    expect(later.headers.get('idempotency-replayed')).toBe('true')
    expect(later.headers.get('location')).toBe(`/api/dgx/projects/${later.body.data.id}`)
    const other = await post('other', 'key-1')
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_conflict'])
    expect((await app.call('GET', 'projects/once')).status).toBe(200)
  })

  it('sets the times of a job by its status', async () => {
    await app.call('POST', 'projects', { name: 'times' })
    const { data } = (
      await app.call('POST', 'jobs', { name: 'timed', project_id: 'times', status: 'running' })
    ).body
    expect(data.started_at).not.toBeNull()
    const put = async (status: string) =>
      (await app.call('PUT', `jobs/${data.id}`, { status })).body.data
    const failed = await put('failed')
    expect(failed).toMatchObject({ started_at: data.started_at, completed_at: expect.any(String) })
    expect(await put('failed')).toMatchObject({ completed_at: failed.completed_at })
    expect(await put('running')).toMatchObject({ completed_at: null })
    expect(await put('pending')).toMatchObject({ started_at: null, completed_at: null })
    expect(await put('cancelled')).toMatchObject({
      started_at: null,
      completed_at: expect.any(String),
    })
    expect((await app.call('PUT', `jobs/${data.id}`, { status: 'paused' })).status).toBe(400)
  })

  it('deletes a project with its jobs only when asked to', async () => {
    await app.call('POST', 'projects', { name: 'gone' })
    const { data: kept } = (await app.call('POST', 'jobs', { name: 'kept', project_id: 'gone' }))
      .body
    await app.call('DELETE', 'projects/gone')
    expect((await app.call('GET', `jobs/${kept.id}`)).body.data.project_id).toBeNull()
    await app.call('POST', 'projects', { name: 'gone' })
    const { data: lost } = (await app.call('POST', 'jobs', { name: 'lost', project_id: 'gone' }))
      .body
    await app.call('DELETE', 'projects/gone?cascade=true')
    expect((await app.call('GET', `jobs/${lost.id}`)).status).toBe(404)
  })

  it('refuses other sites, rebound names and strange Hosts, and survives broken HTTP', async () => {
    const evil = await app.call('GET', 'connections', undefined, { origin: 'https://evil.example' })
    expect([evil.status, evil.body.code]).toEqual([403, 'forbidden_origin'])
    const { request } = await import('node:http')
    const answer = await new Promise<number | undefined>((resolve) => {
      request(
        {
          port: app.port,
          host: '127.0.0.1',
          path: '/api/dgx/connections',
          headers: { host: `rebind.example:${app.port}` },
        },
        (response) => {
          response.resume()
          resolve(response.statusCode)
        },
      ).end()
    })
    expect(answer).toBe(403)
    const { connect } = await import('node:net')
    await new Promise((resolve) => {
      const socket = connect(app.port, '127.0.0.1', () => socket.end('NONSENSE\r\n\r\n'))
      socket.resume().on('close', resolve)
    })
    expect((await app.call('GET', 'connections')).status).toBe(200)
  })
})

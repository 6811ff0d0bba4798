import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { DgxError } from '../dgx/errors'
import { page } from './envelope'
import { handler, idParams, route } from './handler'

const record = z.strictObject({
  id: z.string(),
  name: z.string(),
  status: z.string().nullable(),
  config: z.record(z.string(), z.unknown()),
  host: z.strictObject({ name: z.string(), load_1m: z.number().nullable() }).nullable(),
  updated_at: z.string(),
})
type Row = z.infer<typeof record>
const DESCRIBED = { id: 'test', summary: 'Test', returns: record }
const at = { params: Promise.resolve({ id: 'x' }) }

function things() {
  const stored: Row = {
    id: 'x',
    name: 'one',
    status: 'up',
    config: { lr: 0.1, deep: { er: 1 } },
    host: { name: 'h', load_1m: null },
    updated_at: '2026-11-23T19:48:27.784Z',
  }
  return {
    stored,
    one: route({
      GET: handler({ ...DESCRIBED, params: idParams }, async () => ({ ...stored })),
      PUT: handler(
        { ...DESCRIBED, params: idParams, body: z.strictObject({ name: z.string() }) },
        async ({ body }) => {
          const before = Date.parse(stored.updated_at)
          // So that others could come in between.
          await new Promise((resolve) => setImmediate(resolve))
          return Object.assign(stored, body, { updated_at: new Date(before + 1).toISOString() })
        },
      ),
    }),
    all: route({
      GET: handler(
        {
          ...DESCRIBED,
          returns: z.array(record),
          table: { columns: ['name', 'status', 'host.load_1m'] },
        },
        async () =>
          page({
            items: [stored, { ...stored, name: 'a\u001b[2J\nb', status: null }],
            next_cursor: 'c',
            total: 9,
          }),
      ),
    }),
  }
}

const request = (query = '', headers: Record<string, string> = {}, init: RequestInit = {}) =>
  new Request(`http://localhost/api/dgx/things/x${query}`, { ...init, headers })

describe('fields', () => {
  const ask = async (fields: string, list = false) => {
    const { one, all } = things()
    const response = await (list ? all : one).GET(request(`?fields=${fields}`), at)
    return { status: response.status, body: await response.json() }
  }

  it('are those of an object, of its parts, and of each row of a list', async () => {
    expect((await ask('name,host.load_1m,config.deep')).body).toEqual({
      success: true,
      data: { name: 'one', host: { load_1m: null }, config: { deep: { er: 1 } } },
    })
    const { body } = await ask('status', true)
    expect(body).toMatchObject({ data: [{ status: 'up' }, { status: null }], meta: { total: 9 } })
  })

  it('that are not there are a 400 that lists those which are', async () => {
    const { status, body } = await ask('colour')
    expect([status, body.code, body.details[0].path]).toEqual([400, 'invalid_request', 'fields'])
    expect(body.error).toContain('id, name, status')
    expect((await ask('host.size')).body.error).toContain('In host there are: name, load_1m')
    expect((await ask('name&fields=id')).status).toBe(400)
  })
})

describe('an ETag', () => {
  it('answers who has it already with 304, and only them', async () => {
    const { one, stored } = things()
    const first = await one.GET(request(), at)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w.-]+"$/)
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await one.GET(request('', { 'if-none-match': tag }), at)
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
    }
    stored.status = 'down'
    expect((await one.GET(request('', { 'if-none-match': etag }), at)).status).toBe(200)
    expect(
      (await one.HEAD(request('', {}, { method: 'HEAD' }), at)).headers.get('etag'),
    ).toBeTruthy()
  })

  it('lets a change through only for who saw the record as it is', async () => {
    const { one, stored } = things()
    const etag = (await one.GET(request(), at)).headers.get('etag') ?? ''
    const put = (name: string, tag: string) =>
      one.PUT(
        request('', { 'if-match': tag }, { method: 'PUT', body: JSON.stringify({ name }) }),
        at,
      )
    // What its machine does is no change of the record.
    stored.status = 'down'
    const answers = await Promise.all([put('two', etag), put('three', etag)])
    expect(answers.map(({ status }) => status)).toEqual([200, 412])
    expect(await answers[1]?.json()).toMatchObject({
      code: 'precondition_failed',
      error: expect.stringContaining('GET /api/dgx/things/x'),
    })
    expect(stored.name).toBe('two')
    expect((await put('four', '*')).status).toBe(200)
  })
})

describe('text', () => {
  const text = async (query = '', accept = 'text/plain') => {
    const response = await things().all.GET(request(query, { accept }), at)
    return { type: response.headers.get('content-type'), text: await response.text() }
  }

  it('is a table of a list, where nothing else is accepted', async () => {
    expect(await text()).toEqual({
      type: 'text/plain; charset=utf-8',
      text: [
        'NAME     STATUS  HOST.LOAD 1M',
        'one      up      -',
        'a [2J b  -       -',
        '(2 of 9; next: ?cursor=c)',
        '',
      ].join('\n'),
    })
    expect((await text('?fields=id,status')).text).toMatch(/^ID {2}STATUS\nx {3}up\n/)
    expect((await text('', 'text/plain, application/json')).type).toContain('json')
  })

  it('has a line for each field of an object', async () => {
    const { one } = things()
    const response = await one.GET(request('?fields=name,status', { accept: 'text/plain' }), at)
    expect(await response.text()).toBe('name    one\nstatus  up\n')
  })
})

describe('Prefer: wait', () => {
  const wait = route({
    GET: handler(
      {
        id: 'wait',
        summary: 'Wait',
        query: z.strictObject({ timeout_s: z.coerce.number().default(30) }),
        returns: z.number(),
        waits: { by: 'timeout_s', most_s: 55 },
      },
      async ({ query }) => query.timeout_s,
    ),
  })
  const waited = async (query: string, prefer: string) => {
    const response = await wait.GET(request(query, { prefer }), at)
    return [(await response.json()).data, response.headers.get('preference-applied')]
  }

  it('stands for the parameter, which wins', async () => {
    expect(await waited('', 'wait=5')).toEqual([5, 'wait=5'])
    expect(await waited('', 'respond-async, wait=900')).toEqual([55, 'wait=55'])
    expect(await waited('?timeout_s=7', 'wait=5')).toEqual([7, null])
    expect(await waited('', 'handling=lenient')).toEqual([30, null])
  })
})

describe('a failure', () => {
  it('says when to try again where that helps', async () => {
    const failing = (code: 'too_busy' | 'ssh_throttled' | 'job_not_found') =>
      route({
        GET: handler(DESCRIBED, async () => {
          throw new DgxError(code, 'No.')
        }),
      }).GET(request(), at)
    expect((await failing('too_busy')).headers.get('retry-after')).toBe('2')
    expect((await failing('ssh_throttled')).headers.get('retry-after')).toBe('60')
    expect((await failing('job_not_found')).headers.get('retry-after')).toBeNull()
  })

  it('of an unknown field lists those that there are', async () => {
    const { one } = things()
    const response = await one.PUT(request('', {}, { method: 'PUT', body: '{"nmae": "x"}' }), at)
    const { details } = await response.json()
    expect(details).toContainEqual({
      path: 'nmae',
      message: 'is not a field here; there are: name',
    })
  })
})

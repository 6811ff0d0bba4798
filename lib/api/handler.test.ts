import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { DgxError } from '../dgx/errors'
import { ignoring, jsonObject, name, words } from '../dgx/fields'
import { created } from './envelope'
import { handler, idParams, noBody, route } from './handler'

/** What the description of an operation cannot be without. */
const DESCRIBED = { id: 'test', summary: 'Test' }

const at = (id = 'x') => ({ params: Promise.resolve({ id }) })
const url = 'http://localhost/api/dgx/things/x'
const request = (method: string, body?: BodyInit, query = '') =>
  new Request(url + query, {
    method,
    headers: { 'x-request-id': 'request-1' },
    ...(body === undefined ? {} : { body }),
  })

const thing = z.strictObject({ name, config: jsonObject.default({}), port: z.number().default(1) })
const changes = ignoring(['id'], thing.partial())
const things = route({
  GET: handler(
    {
      ...DESCRIBED,
      params: idParams,
      query: z.strictObject({
        limit: z.coerce.number().max(5).optional(),
        kind: words(z.enum(['a', 'b'])).optional(),
      }),
      returns: z.unknown(),
    },
    async ({ params, query }) => ({ ...params, ...query }),
  ),
  POST: handler({ ...DESCRIBED, body: thing, bodyLimitBytes: 1024 }, async ({ body }) =>
    created('/things/1', body),
  ),
  PUT: handler({ ...DESCRIBED, params: idParams, body: changes }, async ({ body }) => body),
})

const post = async (body?: BodyInit) => {
  const response = await things.POST(request('POST', body), at())
  return { status: response.status, headers: response.headers, body: await response.json() }
}

describe('a body', () => {
  it('is JSON whatever its content type says', async () => {
    const answer = await post(new Blob(['{"name": "a"}'], { type: 'image/png' }))
    expect(answer).toMatchObject({
      status: 201,
      body: { success: true, data: { name: 'a', config: {} } },
    })
    expect(answer.headers.get('location')).toBe('/things/1')
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('may be missing from a POST that needs nothing said, and from no PUT', async () => {
    const ping = route({ POST: handler({ ...DESCRIBED, body: noBody }, async () => 'pong') })
    expect((await ping.POST(request('POST'), at())).status).toBe(200)
    const put = await things.PUT(request('PUT'), at())
    expect([put.status, (await put.json()).error]).toEqual([
      400,
      'The body is empty; send a JSON object.',
    ])
  })

  it('is refused with every wrong field named, and the request id', async () => {
    const { status, body } = await post('{"name": 7, "colour": "green", "shape": "round"}')
    expect(status).toBe(400)
    expect(body).toMatchObject({
      success: false,
      code: 'invalid_request',
      request_id: 'request-1',
      error:
        '"colour" of the body is not a field here; there are: name, config, port (and 2 more).',
    })
    expect(body.details).toMatchObject([
      { path: 'colour' },
      { path: 'shape' },
      { path: 'name', message: 'must be a string, not a number' },
    ])
  })

  it('may carry read-only fields on a PUT, which change nothing', async () => {
    const put = await things.PUT(request('PUT', '{"id": "other", "name": "b"}'), at())
    expect((await put.json()).data).toMatchObject({ name: 'b' })
    expect((await (await things.PUT(request('PUT', '{"id": "o"}'), at())).json()).data).not.toEqual(
      expect.objectContaining({ id: 'o' }),
    )
  })

  it.each([
    ['cut off', '{"name": "a"', 'not JSON'],
    ['not UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22]), 'not UTF-8'],
    [
      'nested too deep',
      `{"name": "a", "config": {"x": ${'['.repeat(300)}${']'.repeat(300)}}}`,
      'deeper',
    ],
  ])('that is %s is a 400 that says so', async (_, body, says) => {
    const answer = await post(body)
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
    expect(answer.body.error).toContain(says)
  })

  it('that is larger than its limit is a 413, also when no length is announced', async () => {
    const large = JSON.stringify({ name: 'a', config: { x: 'y'.repeat(2048) } })
    expect((await post(large)).status).toBe(413)
    const chunked = new Request(url, {
      method: 'POST',
      body: new Blob([large]).stream(),
      duplex: 'half',
    } as RequestInit)
    expect((await things.POST(chunked, at())).status).toBe(413)
  })

  it('does not get its long names back whole in the answer', async () => {
    const { body } = await post(JSON.stringify({ name: 'a', ['k'.repeat(900)]: 1 }))
    expect(JSON.stringify(body).length).toBeLessThan(800)
  })

  it('pollutes no prototype', async () => {
    await post('{"name": "a", "__proto__": {"polluted": 1}}')
    await post('{"name": "a", "config": {"__proto__": {"polluted": 1}}}')
    await things.PUT(request('PUT', '{"constructor": {"prototype": {"polluted": 1}}}'), at())
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('of any kind is answered in the envelope with a 2xx or a 4xx', async () => {
    const statuses = new Set<number>()
    const object = fc.dictionary(
      fc.oneof(fc.constantFrom('name', 'config', 'port', '__proto__', 'toString'), fc.string()),
      fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), fc.constantFrom('a', '\ud800', '\0')),
      { maxKeys: 4 },
    )
    const text = fc.oneof(
      fc.json({ maxDepth: 6 }),
      object.map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary' }).map((value) => `{"name": "a", "config": {"x": ${value}}}`),
      fc.constantFrom('{"name": "a", "port": 1e400}', '{"name": "a"}'),
    )
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        const { status, body } = await post(value)
        statuses.add(status)
        expect([201, 400, 413]).toContain(status)
        expect(body.success).toBe(status === 201)
      }),
      { numRuns: 500 },
    )
    // Otherwise the property would have looked at one kind of answer only.
    expect(statuses.has(201) && statuses.has(400)).toBe(true)
  })
})

describe('path and query', () => {
  const get = async (id: string, query = '') => {
    const response = await things.GET(request('GET', undefined, query), at(id))
    return { status: response.status, body: await response.json() }
  }

  it('are decoded and read', async () => {
    expect(await get('Lab%20DGX%2F1', '?limit=3')).toMatchObject({
      status: 200,
      body: { data: { id: 'Lab DGX/1', limit: 3 } },
    })
  })

  it.each([
    ['an unknown parameter', 'x', '?colour=green', 'colour'],
    ['__proto__ as a parameter', 'x', '?__proto__=1', '__proto__'],
    ['a parameter given twice', 'x', '?limit=1&limit=2', 'limit'],
    ['a value out of range', 'x', '?limit=6', 'limit'],
    ['a part of a list that is not possible', 'x', '?kind=a,c', 'kind'],
    ['an id that is too long', 'y'.repeat(401), '', 'id'],
  ])('with %s are a 400 that names it', async (_, id, query, path) => {
    const { status, body } = await get(id, query)
    expect([status, body.details[0].path]).toEqual([400, path])
  })

  it('with a broken escape are a 400', async () => {
    expect((await get('%E0%A4%A')).status).toBe(400)
  })
})

describe('methods', () => {
  it('that a route lacks are a 405 that lists what it has', async () => {
    const response = await things.DELETE(request('DELETE'), at())
    expect([response.status, response.headers.get('allow')]).toEqual([
      405,
      'GET, POST, PUT, HEAD, OPTIONS',
    ])
    expect(await response.json()).toMatchObject({ success: false, code: 'method_not_allowed' })
  })

  it('HEAD has the headers of GET, and of no stream opens one', async () => {
    const head = await things.HEAD(request('HEAD'), at())
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
      200,
      'application/json; charset=utf-8',
      '',
    ])
    expect((await things.HEAD(request('HEAD', undefined, '?colour=green'), at())).status).toBe(400)
    let opened = 0
    async function* open() {
      opened += 1
      yield { type: 'ping' as const }
    }
    const stream = route({
      GET: handler(
        { ...DESCRIBED, events: z.strictObject({ type: z.literal('ping') }) },
        null,
        open,
      ),
    })
    expect((await stream.HEAD(request('HEAD'), at())).status).toBe(200)
    expect(opened).toBe(0)
  })
})

describe('the scope of a caller', () => {
  const call = async (scope: string, method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE') => {
    const did = async () => 'done'
    const open = { ...DESCRIBED, returns: z.string() }
    const { [method]: handle } = route({
      GET: handler(open, did),
      POST: handler({ ...open, scope: 'admin' }, did),
      PUT: handler(open, did),
      DELETE: handler({ ...open, isOpen: true }, did),
    })
    const caller = { via: 'api', key: { id: '1', name: 'ci' }, scope, client: null }
    const headers = { 'x-dgx-caller': JSON.stringify(caller), 'if-match': '"x"' }
    return handle(new Request(url, { method, headers }), at())
  }

  it.each([
    ['read', { GET: 200, HEAD: 200, POST: 403, PUT: 403, DELETE: 412 }],
    ['run', { GET: 200, HEAD: 200, POST: 403, PUT: 412, DELETE: 412 }],
    ['admin', { GET: 200, HEAD: 200, POST: 200, PUT: 412, DELETE: 412 }],
  ] as const)('%s reaches so far, whatever else the request asks', async (scope, statuses) => {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const) {
      expect([method, (await call(scope, method)).status]).toEqual([method, statuses[method]])
    }
  })

  it('that is too small is told with the one needed', async () => {
    const { error, code } = await (await call('read', 'POST')).json()
    expect(code).toBe('forbidden_scope')
    expect(error).toContain('"ci" has the scope read, and test needs admin')
  })
})

describe('a failure', () => {
  const failing = (error: unknown) =>
    route({
      GET: handler(DESCRIBED, async () => {
        throw error
      }),
    }).GET(request('GET'), at())

  it('that is known has its status, details and data', async () => {
    const lost = new DgxError('connection_lost', 'The link broke.', { data: { stdout: 'half' } })
    const response = await failing(lost)
    expect([response.status, await response.json()]).toEqual([
      502,
      {
        success: false,
        error: 'The link broke.',
        code: 'connection_lost',
        data: { stdout: 'half' },
        request_id: 'request-1',
      },
    ])
  })

  it('of another bundle, whose class is a copy, is known too', async () => {
    const copy = Object.assign(new Error('Full.'), { name: 'DgxError', code: 'too_busy' })
    const response = await failing(copy)
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '2'])
  })

  it('that is our bug tells nothing of the inside', async () => {
    const response = await failing(new Error('no such column: dgx.secret at /srv/app/file.ts:12'))
    const text = await response.text()
    expect(response.status).toBe(500)
    expect(JSON.parse(text)).toMatchObject({ code: 'internal', request_id: 'request-1' })
    expect(text).not.toMatch(/secret|file\.ts|column/)
  })
})

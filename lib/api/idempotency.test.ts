import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { closeDatabase, database } from '../db/client'
import { createTestDatabase } from '../db/test-database'
import { DgxError } from '../dgx/errors'
import { created } from './envelope'
import { handler, route } from './handler'

/** What the description of an operation cannot be without. */
const DESCRIBED = { id: 'test', summary: 'Test' }

const HOUR_MS = 3_600_000
const context = { params: Promise.resolve({}) }

let test: Awaited<ReturnType<typeof createTestDatabase>>
beforeAll(async () => {
  test = await createTestDatabase()
  vi.stubEnv('DATABASE_URL', test.url)
  vi.stubEnv('DATA_DIR', test.dir)
})
afterAll(async () => {
  await closeDatabase()
  await test?.close()
  vi.unstubAllEnvs()
})

let runs = 0
let act: () => Promise<unknown>
beforeEach(async () => {
  runs = 0
  act = async () => created(`/things/${runs}`, { number: runs })
  await database().idempotencyKey.deleteMany()
})

const things = route({
  POST: handler({ ...DESCRIBED, body: z.strictObject({ name: z.string() }) }, async () => {
    runs += 1
    return act()
  }),
})

async function send(key: string | null, options: { name?: string; path?: string } = {}) {
  const { name = 'a', path = '/things' } = options
  return things.POST(
    new Request(`http://localhost${path}`, {
      method: 'POST',
      headers: key === null ? {} : { 'idempotency-key': key },
      body: JSON.stringify({ name }),
    }),
    context,
  )
}

describe('a POST with an Idempotency-Key', () => {
  it('gets its first answer again: status, body and Location', async () => {
    const first = await send('k')
    const again = await send('k')
    expect(runs).toBe(1)
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    expect([again.status, again.headers.get('location')]).toEqual([201, '/things/1'])
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(await again.json()).toEqual(await first.json())
  })

  it('runs once when twenty come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => send('k')))
    expect(runs).toBe(1)
    const bodies = await Promise.all(answers.map((answer) => answer.json()))
    expect(new Set(bodies.map((body) => body.data.number))).toEqual(new Set([1]))
    expect(answers.filter(({ headers }) => headers.has('idempotency-replayed'))).toHaveLength(19)
  })

  it.each([
    ['body', { name: 'b' }],
    ['path', { path: '/others' }],
    ['query', { path: '/things?x=1' }],
  ])('is refused when its key came with another %s', async (_, other) => {
    const [first, conflict] = await Promise.all([send('k'), send('k', other)])
    expect(first.status).toBe(201)
    expect([conflict.status, (await conflict.json()).code]).toEqual([409, 'idempotency_conflict'])
    expect((await send('k', other)).status).toBe(409)
    expect(runs).toBe(1)
  })

  it('runs again after 24 h, and the old answer is gone', async () => {
    await send('k')
    const of = (hours: number) => new Date(Date.now() - hours * HOUR_MS)
    await database().idempotencyKey.updateMany({ data: { created_at: of(23.9) } })
    expect((await send('k')).headers.get('idempotency-replayed')).toBe('true')
    await database().idempotencyKey.updateMany({ data: { created_at: of(24.1) } })
    await send('other')
    expect(await database().idempotencyKey.findMany({ select: { key: true } })).toEqual([
      { key: 'other' },
    ])
    await send('k')
    expect(runs).toBe(3)
  })

  it('may be tried again after a failure', async () => {
    act = async () => {
      throw new DgxError('not_connected', 'Connect first.')
    }
    expect((await send('k')).status).toBe(409)
    act = async () => {
      throw new Error('a bug')
    }
    expect((await send('k')).status).toBe(500)
    act = async () => 'done'
    expect((await (await send('k')).json()).data).toBe('done')
  })

  it.each(['', 'a b', 'ü', 'x'.repeat(256)])(
    'is refused when its key is no key: %#',
    async (key) => {
      expect((await send(key)).status).toBe(400)
      expect(runs).toBe(0)
    },
  )

  it('without one runs every time', async () => {
    await send(null)
    await send(null)
    expect(runs).toBe(2)
  })
})

describe('a POST whose answer is a secret', () => {
  const secrets = route({
    POST: handler({ ...DESCRIBED, isUnrepeatable: true }, async () => 'hush'),
  })

  it('is refused with an Idempotency-Key, and not stored', async () => {
    const post = (headers: Record<string, string>) =>
      secrets.POST(new Request('http://localhost/s', { method: 'POST', headers }), context)
    const refused = await post({ 'idempotency-key': 'k' })
    expect([refused.status, (await refused.json()).code]).toEqual([400, 'invalid_request'])
    expect((await post({})).status).toBe(200)
    expect(await database().idempotencyKey.count()).toBe(0)
  })
})

it('gives an answer again only to who has the scope for it', async () => {
  await send('k')
  const reader = { via: 'api', key: { id: '1', name: 'ci' }, scope: 'read', client: null }
  const headers = { 'idempotency-key': 'k', 'x-dgx-caller': JSON.stringify(reader) }
  const body = JSON.stringify({ name: 'a' })
  const again = new Request('http://localhost/things', { method: 'POST', headers, body })
  const answer = await things.POST(again, context)
  expect([answer.status, (await answer.json()).code]).toEqual([403, 'forbidden_scope'])
})

describe('a stream asked for with an Idempotency-Key', () => {
  const stream = (onCancel: () => void) =>
    new Response(
      new ReadableStream({
        pull(controller) {
          controller.enqueue(new TextEncoder().encode('{"type":"stdout"}\n'))
        },
        cancel: onCancel,
      }),
      { headers: { 'content-type': 'application/x-ndjson' } },
    )

  it('ends at its source when the reader hangs up, so that the command ends too', async () => {
    let isCancelled = false
    act = async () =>
      stream(() => {
        isCancelled = true
      })
    const answer = await send('k')
    await answer.body?.cancel()
    expect(isCancelled).toBe(true)
  })

  it('is not kept, and runs again', async () => {
    act = async () => stream(() => {})
    await (await send('k')).body?.cancel()
    await (await send('k')).body?.cancel()
    expect([runs, await database().idempotencyKey.count()]).toEqual([2, 0])
  })

  it('goes to one reader; who sends the same at once is told so', async () => {
    act = async () => stream(() => {})
    const [first, second] = await Promise.all([send('k'), send('k')])
    expect(first.headers.get('content-type')).toBe('application/x-ndjson')
    await first.body?.cancel()
    expect([second.status, (await second.json()).code]).toEqual([409, 'idempotency_conflict'])
    expect(runs).toBe(1)
  })
})

import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonSchema } from '@/lib/api/json-schema'
import type { OpenApi, OperationObject } from '@/lib/api/openapi-document'
import { type App, startApp } from '../app'
import { valid } from './from-schema'

/** Everything that answers, found by itself, against everybody who must not come in. */

const OWNER = 'a long enough secret'
const SCOPES = ['read', 'run', 'admin'] as const

/** What only an admin may do; of the rest a GET needs `read` and a change `run`. */
const ADMIN = new Set([
  'createConnection',
  'updateConnection',
  'deleteConnection',
  'reorderConnections',
  'testConnection',
  'trustHostKey',
  'listKeys',
  'createKey',
  'getKey',
  'updateKey',
  'updateSafety',
  'revokeKey',
])
/** A POST that only looks; which tools of MCP need more is said by each. */
const LOOKS = new Set(['callMcp', 'checkCommand'])
/** Open without a key, so with any. */
const OPEN = new Set(['getHealth', 'logIn', 'logOut'])

/** Every page, with something in the place of its ids. */
const PAGES = readdirSync(path.resolve(import.meta.dirname, '../../app'), {
  recursive: true,
  encoding: 'utf8',
})
  .filter((file) => path.basename(file) === 'page.tsx')
  .map((file) => {
    const parts = path.dirname(file).split(path.sep)
    const shown = parts.filter((part) => !/^(\(.*\)|\.)$/.test(part))
    return `/${shown.join('/').replace(/\[\w+\]/g, 'x')}`
  })

const SOCKETS = { '/api/dgx/live': 'read', '/api/dgx/terminal/dgx-1': 'run' } as const

type Tool = { name: string; annotations: { readOnlyHint: boolean }; inputSchema: JsonSchema }
type Sent = { method: string; target: string; headers?: Record<string, string>; body?: string }
type Answer = {
  status: number
  code: string | null
  headers: http.IncomingHttpHeaders
  text: string
}

let app: App
let agent: http.Agent
const keys: Record<string, string> = {}
let operations: { method: string; target: string; body: string; operation: OperationObject }[]

beforeAll(async () => {
  app = await startApp({ API_SERVER_KEY: OWNER, LOG_LEVEL: 'error' })
  agent = new http.Agent({ keepAlive: true, maxSockets: 8 })
  const create = async (noun: string, body: object) => {
    const answer = await app.call('POST', noun, body, { 'x-api-key': OWNER })
    if (answer.status !== 201) throw new Error(`${noun}: ${JSON.stringify(answer.body)}`)
    return answer.body.data
  }
  // Named as the examples of the description name them.
  await create('connections', { name: 'dgx-1', hostname: '127.0.0.1', port: 1, username: 'x' })
  await create('projects', { name: 'vit', connection_id: 'dgx-1' })
  await create('jobs', { name: 'Experiment 1', project_id: 'vit' })
  await create('keys', { name: 'claude', scope: 'run' })
  for (const scope of SCOPES) keys[scope] = (await create('keys', { name: scope, scope })).key
  keys['revoked'] = (await create('keys', { name: 'revoked', scope: 'admin' })).key
  await app.call('DELETE', 'keys/revoked', undefined, { 'x-api-key': OWNER })

  const document: OpenApi = (
    await app.call('GET', 'openapi.json', undefined, { 'x-api-key': OWNER })
  ).body
  operations = Object.entries(document.paths).flatMap(([address, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const parameters = operation.parameters ?? []
      const id = parameters.find((p) => 'name' in p && p.name === 'id' && p.in === 'path')
      const example = id && 'example' in id ? String(id.example) : ''
      return {
        method: method.toUpperCase(),
        target: address.replace('{id}', encodeURIComponent(example)),
        // Whole: whoever got past the guard would do it.
        body: JSON.stringify(operation.requestBody?.content['application/json']?.example ?? {}),
        operation,
      }
    }),
  )
})
afterAll(async () => {
  agent?.destroy()
  await app?.stop()
  app?.remove()
})

/** The head of an answer, and its text where it is JSON; the rest of a stream is not waited for. */
async function send({ method, target, headers = {}, body }: Sent): Promise<Answer> {
  const request = http.request({
    ...{ agent, host: '127.0.0.1', port: app.port, method, path: target, headers },
  })
  request.on('error', () => {})
  request.end(body)
  const [response, socket] = (await Promise.race([
    once(request, 'response'),
    once(request, 'upgrade'),
  ])) as [http.IncomingMessage, import('node:net').Socket | undefined]
  socket?.destroy()
  let text = ''
  const isJson = response.headers['content-type']?.startsWith('application/json')
  if (isJson || target === '/mcp') for await (const chunk of response) text += chunk
  else request.destroy()
  const { code = null } = isJson ? JSON.parse(text) : {}
  return { status: response.statusCode ?? 0, code, headers: response.headers, text }
}

const upgrade = (origin: string | null) => ({
  ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  ...(origin ? { origin } : {}),
})

/** All there is, as whoever is at the browser or a program would ask for it. */
function everything(): (Sent & { isOpen: boolean; isSocket: boolean })[] {
  const rest = { isOpen: false, isSocket: false }
  return [
    ...operations.map(({ method, target, body, operation }) => ({
      ...rest,
      ...{ method, target },
      // Node sends no length with the body of a DELETE.
      ...(method === 'GET' || method === 'DELETE' ? {} : { body }),
      isOpen: OPEN.has(operation.operationId),
    })),
    ...PAGES.map((target) => ({ ...rest, method: 'GET', target, isOpen: target === '/login' })),
    { ...rest, method: 'GET', target: '/llms.txt' },
    { ...rest, method: 'GET', target: '/api/dgx/nowhere' },
    ...Object.keys(SOCKETS).map((target) => ({
      ...rest,
      ...{ method: 'GET', target, isSocket: true, headers: upgrade(app.origin) },
    })),
  ]
}

/** What a change would have changed. */
async function records(): Promise<string> {
  const lists = ['connections', 'projects', 'jobs', 'keys?revoked=true'].map(async (list) => {
    const fields = `${list.includes('?') ? '&' : '?'}fields=id,name,updated_at`
    const { body } = await app.call('GET', list + fields, undefined, { 'x-api-key': OWNER })
    return body.data
  })
  return JSON.stringify(await Promise.all(lists))
}

/** Sends all of it and compares; the records are as they were. */
async function expectAll(
  sent: readonly Sent[],
  expected: (sent: Sent, answer: Answer) => [status: number, code: string | null],
) {
  const before = await records()
  const answers = await Promise.all(
    sent.map(async (one) => {
      const answer = await send(one)
      const [status, code] = expected(one, answer)
      const about = `${one.method} ${one.target}`
      return [`${about} ${answer.status} ${answer.code}`, `${about} ${status} ${code}`]
    }),
  )
  expect(answers.map(([got]) => got)).toEqual(answers.map(([, wanted]) => wanted))
  expect(answers.length).toBeGreaterThan(0)
  expect(await records()).toBe(before)
}

it('knows every operation that only an admin may do, and every open one', () => {
  const ids = new Set(operations.map(({ operation }) => operation.operationId))
  expect([...ADMIN, ...OPEN].filter((id) => !ids.has(id))).toEqual([])
  for (const { method, operation } of operations) {
    const { operationId, security } = operation
    const own = method === 'GET' || LOOKS.has(operationId) ? 'read' : 'run'
    const needed = ADMIN.has(operationId) ? 'admin' : own
    const wanted = OPEN.has(operationId) ? [] : [{}, { ApiKey: [needed] }, { Bearer: [needed] }]
    expect([operationId, security]).toEqual([operationId, wanted])
  }
})

describe('a page that is not ours', () => {
  // Even with the key: the guard trusts no page but its own.
  const withKey = { 'x-api-key': OWNER }

  it.each<[string, () => Record<string, string>, string]>([
    [
      'of another site',
      () => ({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }),
      'forbidden_origin',
    ],
    [
      'of another port here',
      () => ({ 'sec-fetch-site': 'same-site', origin: `http://127.0.0.1:${app.port + 1}` }),
      'forbidden_origin',
    ],
    ['of an old browser', () => ({ origin: 'https://evil.example' }), 'forbidden_origin'],
    ['without an origin, such as a file', () => ({ origin: 'null' }), 'forbidden_origin'],
    [
      'that has rebound its name to this address',
      () => ({
        'sec-fetch-site': 'same-origin',
        host: `evil.example:${app.port}`,
        origin: `http://evil.example:${app.port}`,
      }),
      'forbidden_host',
    ],
  ])('%s reaches nothing', async (_, headers, code) => {
    const attack = (sent: Sent) => ({
      ...sent,
      headers: { ...sent.headers, ...withKey, ...headers() },
    })
    await expectAll(everything().map(attack), () => [403, code])
  })

  it('opens no WebSocket without saying where it comes from', async () => {
    const sockets = Object.keys(SOCKETS).map((target) => ({
      ...{ method: 'GET', target, headers: upgrade(null) },
    }))
    await expectAll(sockets, () => [403, 'forbidden_origin'])
  })
})

describe('without a right key', () => {
  it.each<[string, () => Record<string, string>]>([
    ['none', () => ({})],
    ['a wrong one', () => ({ 'x-api-key': 'wrong' })],
    ['a wrong bearer', () => ({ authorization: 'Bearer wrong' })],
    ['a wrong session', () => ({ cookie: `dgx_session_${app.port}=wrong` })],
    ['a named one that never was', () => ({ 'x-api-key': `dgx_00000000_${'0'.repeat(64)}` })],
    ['one cut short', () => ({ 'x-api-key': keys['admin']?.slice(0, -1) ?? '' })],
    ['a revoked one', () => ({ authorization: `Bearer ${keys['revoked']}` })],
    ['a caller of its own making', () => ({ 'x-dgx-caller': '{"scope":"admin"}' })],
  ])('%s: nothing but what is open', async (_, headers) => {
    const closed = everything().filter(({ isOpen }) => !isOpen)
    await expectAll(
      closed.map((sent) => ({ ...sent, headers: { ...sent.headers, ...headers() } })),
      () => [401, 'unauthorized'],
    )
  })

  it('a browser is sent to the login from every page', async () => {
    const pages = PAGES.filter((target) => target !== '/login')
    const sent = pages.map((target) => ({
      ...{ method: 'GET', target, headers: { accept: 'text/html' } },
    }))
    await expectAll(sent, () => [303, null])
  })
})

describe('a named key', () => {
  it.each(['read', 'run'])('of the scope %s changes nothing beyond it', async (scope) => {
    const headers = { 'x-api-key': keys[scope] ?? '', 'x-dgx-caller': '{"scope":"admin"}' }
    const reach = SCOPES.indexOf(scope as 'read')
    const beyond = everything().filter(({ method, target, isSocket, isOpen }) => {
      if (isOpen) return false
      if (isSocket) return SCOPES.indexOf(SOCKETS[target as keyof typeof SOCKETS]) > reach
      const found = operations.find((one) => one.method === method && one.target === target)
      if (!found) return false
      const { operationId } = found.operation
      const isLook = method === 'GET' || LOOKS.has(operationId)
      return ADMIN.has(operationId) || (!isLook && reach < 1)
    })
    expect(beyond.length).toBeGreaterThan(ADMIN.size - 1)
    await expectAll(
      beyond.map((sent) => ({ ...sent, headers: { ...sent.headers, ...headers } })),
      () => [403, 'forbidden_scope'],
    )
  })

  it.each(SCOPES)('of the scope %s does what it allows', async (scope) => {
    const headers = { 'x-api-key': keys[scope] ?? '', prefer: 'wait=0' }
    const reach = SCOPES.indexOf(scope)
    const allowed = everything().flatMap((sent): Sent[] => {
      const found = operations.find(
        (one) => one.method === sent.method && one.target === sent.target,
      )
      // Only what reads, or is about what is not there, so that all stays as it was.
      const elsewhere = sent.target.replace(/dgx-1|vit|Experiment%201|claude/, 'nobody')
      // Its head comes with the first sample, and this machine never has one.
      if (found?.operation.operationId === 'streamMetrics') return [{ ...sent, target: elsewhere }]
      if (sent.method === 'GET') {
        if (sent.isSocket && reach < 1) return sent.target.endsWith('live') ? [sent] : []
        return found && ADMIN.has(found.operation.operationId) && reach < 2 ? [] : [sent]
      }
      const isAdmin = found && ADMIN.has(found.operation.operationId)
      if (!found || !sent.target.includes('/dgx/') || reach < (isAdmin ? 2 : 1)) return []
      return [{ ...sent, target: elsewhere, ...(sent.body ? { body: '[]' } : {}) }]
    })
    await expectAll(
      allowed.map((sent) => ({ ...sent, headers: { ...sent.headers, ...headers } })),
      (_, { status, code }) => {
        expect([401, 403, 429, 500]).not.toContain(status)
        return [status, code]
      },
    )
  })

  it('of the scope read may call the tools that read, and no other', async () => {
    const rpc = async (scope: string, method: string, params: object) => {
      const { text } = await send({
        ...{ method: 'POST', target: '/mcp' },
        headers: { 'x-api-key': keys[scope] ?? '', 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      })
      // One event.
      return JSON.parse(text.slice(text.indexOf('{'))).result
    }
    const call = async (scope: string, name: string, args: object) =>
      rpc(scope, 'tools/call', { name, arguments: args })
    const { tools } = await rpc('read', 'tools/list', {})
    const changing: Tool[] = tools.filter((tool: Tool) => !tool.annotations.readOnlyHint)
    expect(changing.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['run_command', 'stop_command', 'start_job', 'cancel_job']),
    )
    const before = await records()
    for (const { name, inputSchema } of changing) {
      // What the tool takes: else it would be refused for that.
      const [args] = fc.sample(valid(inputSchema, { components: {} }), { numRuns: 1, seed: 1 })
      const { isError, content } = await call('read', name, Object(args))
      const refusal = `"read" has the scope read, and ${name} needs run.*\\[forbidden_scope\\].*Next: `
      expect([name, isError, content[0].text]).toEqual([
        ...[name, true, expect.stringMatching(new RegExp(refusal, 's'))],
      ])
    }
    expect(await records()).toBe(before)
    expect((await call('read', 'list_machines', {})).isError).toBeFalsy()
    const stopped = await call('run', 'stop_command', { command_id: 'x' })
    expect(stopped.content[0].text).not.toContain('scope')
  })

  it('is told once, and is nowhere in what is kept', async () => {
    const post = (headers: Record<string, string>) =>
      app.call('POST', 'keys', { name: 'told once' }, { 'x-api-key': OWNER, ...headers })
    const refused = await post({ 'idempotency-key': 'k' })
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid_request'])
    const { key, ...rest } = (await post({})).body.data
    const owner = { 'x-api-key': OWNER }
    expect((await app.call('GET', 'keys/told%20once', undefined, owner)).body.data).toEqual(rest)
    await app.call('GET', 'jobs', undefined, { 'x-api-key': key })
    const kept = readdirSync(app.dataDir).map((file) =>
      readFileSync(path.join(app.dataDir, file), 'latin1'),
    )
    const secret = key.slice(-64)
    expect(kept.join('').includes(rest.prefix)).toBe(true)
    expect((kept.join('') + app.log()).includes(secret)).toBe(false)
    const used = (await app.call('GET', 'keys/told%20once', undefined, owner)).body.data
    expect(Date.parse(used.last_used_at)).toBeGreaterThanOrEqual(Date.parse(rest.created_at))
  })

  it('that revokes itself is answered; its streams end and it opens nothing again', async () => {
    const owner = { 'x-api-key': OWNER }
    const made = await app.call('POST', 'keys', { name: 'brief', scope: 'admin' }, owner)
    const headers = { 'x-api-key': made.body.data.key }
    const stream = await fetch(`${app.origin}/api/dgx/live`, { headers })
    const reader = stream.body?.getReader()
    await reader?.read()
    const revoked = await app.call('DELETE', 'keys/brief', undefined, headers)
    expect(revoked.body.data.revoked_at).not.toBeNull()
    const ended = async () => {
      while (!(await reader?.read())?.done);
    }
    await expect(ended()).rejects.toThrow()
    expect((await app.call('GET', 'jobs', undefined, headers)).status).toBe(401)
    const again = await app.call('POST', 'keys', { name: 'brief' }, owner)
    expect([again.status, again.body.code]).toEqual([409, 'name_taken'])
  })
})

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import fc, { type Arbitrary } from 'fast-check'
import pLimit from 'p-limit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonSchema } from '@/lib/api/json-schema'
import type {
  OpenApi,
  OperationObject,
  Parameter,
  ResponseObject,
} from '@/lib/api/openapi-document'
import { type App, startApp } from '../app'
import { SECRET } from '../audit-trail'
import { type Sshd, startSshd } from '../testbed/sshd'
import { invalid, valid } from './from-schema'

/** Another one looks elsewhere; what it finds stays found. */
const SEED = Number(process.env.OPENAPI_SEED ?? 5)
const REQUESTS = 5_000
/** Operations that make an SSH connection or start a process each time. */
const SLOW: Record<string, number> = {
  connect: 60,
  testConnection: 30,
  trustHostKey: 40,
  listSshHosts: 20,
  streamMetrics: 20,
  streamLive: 20,
  getJobLogs: 60,
  searchJobLogs: 40,
  downloadJobLog: 40,
  waitForJob: 40,
  createJob: 80,
  cloneJob: 40,
  retryJob: 40,
}
const HANGS_AFTER_MS = 60_000

type Request = {
  path: string
  query: string
  body: string | undefined
  headers: Record<string, string>
}
type Described = { method: string; path: string; operation: OperationObject }

describe('the API as it is described', () => {
  let app: App
  let sshd: Sshd
  let document: OpenApi
  let operations: Described[]
  const ids: Record<string, string[]> = {}

  beforeAll(async () => {
    ;[app, sshd] = await Promise.all([startApp({ LOG_LEVEL: 'error' }), startSshd()])
    document = (await app.call('GET', 'openapi.json')).body
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
    )
    const create = async (path: string, body: object): Promise<string> => {
      const answer = await app.call('POST', path, body)
      if (answer.status !== 201) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
      return answer.body.data.id
    }
    const box = await create('connections', { name: 'box', ...sshd.target })
    const dead = { hostname: '127.0.0.1', port: 1, username: 'nobody' }
    const unreachable = await create('connections', { name: 'unreachable', ...dead })
    const spare = await create('connections', { name: 'spare', ...dead })
    await app.call('POST', 'connect/box')
    const project = await create('projects', { name: 'vit', connection_id: box })
    const job = await create('jobs', { name: 'Experiment 1', project_id: project })
    const ran = await create('jobs', { name: 'ran', connection_id: box, gpus: 0, command: 'id' })
    const held = await create('jobs', {
      name: 'held',
      connection_id: box,
      command: 'id',
      start: false,
    })
    await app.call('GET', `jobs/${ran}/wait?timeout_s=55`)
    // What is read and used, what is changed, and what is deleted.
    ids['machines'] = ['box', box, 'unreachable', unreachable]
    ids['Keys'] = ['spare', await create('keys', { name: 'spare', scope: 'admin' })]
    ids['Connections'] = ['spare', spare]
    ids['Projects'] = ['vit', project]
    ids['Jobs'] = ['Experiment 1', job, 'ran', ran, 'held', held]
    const doomed = Array.from({ length: 20 }, (_, i) => `doomed ${i}`)
    ids['delete'] = doomed
    for (const name of doomed) {
      await create('connections', { name, ...dead })
      await create('projects', { name })
      await create('jobs', { name, project_id: project })
      await create('keys', { name })
    }
  })
  afterAll(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
  })

  /** Values that must not be just any: what runs on this machine, and where connections go. */
  const known = (): Record<string, Arbitrary<unknown>> => ({
    command: fc.constantFrom(
      `A_KEY=${SECRET} true`,
      'echo hello; exit 3',
      'printf "%01000d" 1 >&2',
      ['echo', 'a b'],
    ),
    stdin: fc.constantFrom('', SECRET),
    passphrase: fc.constant(SECRET),
    password: fc.constant(SECRET),
    login_shell: fc.constant(false),
    hostname: fc.constantFrom(sshd.hostname, '127.0.0.1'),
    port: fc.constantFrom(sshd.port, 1),
    username: fc.constantFrom(sshd.username, 'nobody'),
    ssh_key_path: fc.constantFrom(sshd.keyPath, null, '/nowhere'),
    // A command that waits for a person would wait for its time.
    confirm: fc.constantFrom([], ['^nothing$']),
    timeout_ms: fc.integer({ min: 1, max: 5_000 }),
    timeout_s: fc.integer({ min: 1, max: 1 }),
    fields: mostlyAbsent(fc.constantFrom('id,name', 'status', 'nothing', 'gpus.index', '')),
    cursor: mostlyAbsent(fc.string({ maxLength: 40 })),
    connection_id: fc.constantFrom('box', 'unreachable', 'nowhere'),
    project_id: fc.constantFrom('vit', 'nowhere'),
  })

  function idsFor({ method, operation }: Described): string[] {
    const [tag = ''] = operation.tags
    if (method === 'delete') return ids['delete'] ?? []
    if (tag === 'Projects' || tag === 'Jobs' || tag === 'Keys') return ids[tag] ?? []
    const isChange = method === 'put' || operation.operationId === 'disconnect'
    return ids[isChange ? 'Connections' : 'machines'] ?? []
  }

  function requestsOf(described: Described): Arbitrary<Request> {
    const { path, operation } = described
    const options = { components: document.components.schemas, known: known() }
    const parameters = (operation.parameters ?? []).map(
      (p) =>
        ('name' in p
          ? p
          : document.components.parameters[p.$ref.split('/').at(-1) ?? '']) as Parameter,
    )
    const properties = Object.fromEntries(
      parameters.filter((p) => p.in === 'query').map((p) => [p.name, p.schema]),
    )
    const required = parameters.filter((p) => p.required && p.in === 'query').map((p) => p.name)
    const query: JsonSchema = { type: 'object', properties, required }
    const values = fc.oneof(
      { weight: 4, arbitrary: valid(query, options) },
      { weight: 1, arbitrary: invalid(query, options) },
    )
    const body = operation.requestBody?.content['application/json']?.schema
    const bodies = body
      ? fc.oneof(
          { weight: 5, arbitrary: valid(body, options).map((v) => JSON.stringify(v)) },
          { weight: 2, arbitrary: invalid(body, options).map((v) => JSON.stringify(v)) },
          { weight: 1, arbitrary: fc.constantFrom('', '{', '[1', '{}{}', '{"a":1e999}') },
        )
      : fc.constant(undefined)
    const id = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...idsFor(described)) },
      { weight: 1, arbitrary: fc.string({ minLength: 1, unit: 'grapheme', maxLength: 30 }) },
    )
    const media = Object.keys((operation.responses['200'] as ResponseObject)?.content ?? {})
    return fc.record({
      path: id.map((value) => path.replace(/\{\w+\}/, encodeURIComponent(value.toWellFormed()))),
      query: values.map(queryText),
      body: bodies,
      headers: fc.record(
        {
          accept: fc.constantFrom('*/*', ...media),
          'if-match': fc.constantFrom('*', '"1.x"', 'x'),
          'if-none-match': fc.constantFrom('*', '"1.x"', 'x'),
          prefer: fc.constantFrom('wait=0', 'wait=x'),
        },
        { requiredKeys: ['accept'] },
      ),
    })
  }

  /** `null` when the answer is one that the description has. */
  async function problemOf({ method, operation }: Described, request: Request) {
    const { path, query, body, headers } = request
    const signal = AbortSignal.timeout(HANGS_AFTER_MS)
    const response = await fetch(`${app.origin}${path}${query}`, {
      method: method.toUpperCase(),
      headers,
      signal,
      ...(body === undefined ? {} : { body }),
    })
    const { status } = response
    counts.set(status, (counts.get(status) ?? 0) + 1)
    const type = response.headers.get('content-type')?.split(';')[0] ?? ''
    const text = await beginningOf(response)
    const said = `${status} ${type} ${text.slice(0, 600)}`
    if (status >= 500 && status !== 502 && status !== 504) return said
    if (!response.headers.get('x-request-id')) return `${said} has no X-Request-Id`
    const described = resolve(operation.responses[String(status)])
    if (!described) return `the status is not described: ${said}`
    if (!described.content) return text === '' ? null : said
    const content = described.content[type]
    if (!content) return `the type is not described: ${said}`
    if (!/json|event-stream/.test(type)) return null
    const values = type === 'application/json' ? [JSON.parse(text)] : eventsOf(type, text)
    // What only some fields were asked of is not whole.
    if (status === 200 && query.includes('fields=')) return null
    const validate = validatorOf(content.schema)
    for (const value of values) {
      if (!validate(value)) return `${JSON.stringify(validate.errors)}: ${said}`
    }
    return null
  }

  function resolve(response: OperationObject['responses'][string] | undefined) {
    if (!response || !('$ref' in response)) return response
    return document.components.responses[response.$ref.split('/').at(-1) ?? '']
  }

  const validators = new Map<JsonSchema, ValidateFunction>()
  function validatorOf(schema: JsonSchema): ValidateFunction {
    const before = validators.get(schema)
    if (before) return before
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    const made = ajv.compile({ ...schema, components: document.components })
    validators.set(schema, made)
    return made
  }

  const counts = new Map<number, number>()

  it(`answers ${REQUESTS} requests that are made of it as it says`, async () => {
    const rest = operations.filter(({ operation }) => !(operation.operationId in SLOW))
    const slow = operations.length - rest.length
    const each = Math.ceil(REQUESTS / rest.length)
    const limit = pLimit(8)
    const problems: string[] = []
    const work = operations.flatMap((described) =>
      fc
        .sample(requestsOf(described), {
          numRuns: SLOW[described.operation.operationId] ?? each,
          seed: SEED,
        })
        .map((request) => ({ described, request })),
    )
    expect(work.length).toBeGreaterThanOrEqual(REQUESTS)
    expect(slow).toBeLessThan(operations.length / 2)
    await Promise.all(
      shuffled(work).map(({ described, request }) =>
        limit(async () => {
          const problem = await problemOf(described, request).catch((error) => String(error))
          if (problem && problems.length < 10) {
            problems.push(
              `${described.method} ${request.path}${request.query} ${request.body?.slice(0, 500)} ${JSON.stringify(request.headers)}: ${problem}`,
            )
          }
        }),
      ),
    )
    expect(problems).toEqual([])
    // Otherwise the run would have looked at refusals only.
    const answered = [...counts].filter(([status]) => status < 400).map(([, count]) => count)
    expect(answered.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(REQUESTS / 4)
  }, 600_000)
})

/** What a random text would only make an error of. */
const mostlyAbsent = (arbitrary: Arbitrary<unknown>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

function queryText(value: unknown): string {
  const given = Object.entries(Object(value)).filter(([, part]) => part !== undefined)
  const entries = given.map(
    ([name, part]) => [name.toWellFormed(), String(part).toWellFormed()] as [string, string],
  )
  const text = new URLSearchParams(entries).toString()
  return text === '' ? '' : `?${text}`
}

/** In an order of its own, the same for the same seed. */
function shuffled<T>(items: T[]): T[] {
  const [order] = fc.sample(fc.shuffledSubarray(items, { minLength: items.length }), {
    numRuns: 1,
    seed: SEED,
  })
  return order ?? items
}

/** All of what ends; of what goes on, what came before two seconds of silence. */
async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  const isStream = !/^application\/json|^text\/csv/.test(response.headers.get('content-type') ?? '')
  let text = ''
  while (reader && !(isStream && text.length > 200_000)) {
    const silence = new Promise<null>((done) =>
      setTimeout(done, isStream ? 2_000 : HANGS_AFTER_MS, null),
    )
    const piece = await Promise.race([reader.read(), silence])
    if (!piece || piece.done) break
    text += piece.value
  }
  await reader?.cancel()
  return text
}

/** The whole events of a text that may be cut off. */
function eventsOf(type: string, text: string): unknown[] {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  if (type === 'application/x-ndjson') return lines.filter(Boolean).map((l) => JSON.parse(l))
  return lines.filter((l) => l.startsWith('data: ')).map((l) => JSON.parse(l.slice(6)))
}

import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { demoMachines } from '@/demo/machines'
import { type App, startApp } from '../app'
import { SECRET } from '../audit-trail'
import { type SimulatedHost, startSimulatedHost } from '../testbed/simulated-host'
import { type Sshd, startSshd } from '../testbed/sshd'

const PATIENCE = { timeout: 60_000, interval: 200 }
const KEY = 'a long enough secret'

const REVISIONS = [
  { revision: '2025-11-25', mode: 'legacy' },
  { revision: '2026-07-28', mode: { pin: '2026-07-28' } },
] as const

const TOOLS = [
  'list_machines',
  'connect_machine',
  'gpu_status',
  'run_command',
  'command_output',
  'stop_command',
  'create_project',
  'start_job',
  'job_status',
  'wait_for_job',
  'job_logs',
  'job_metrics',
  'compare_jobs',
  'cancel_job',
  'report',
]

async function connect(
  app: App,
  mode: (typeof REVISIONS)[number]['mode'],
  headers: Record<string, string> = {},
): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${app.origin}/mcp`), { requestInit: { headers } }),
  )
  return client
}

type Tools = (
  name: string,
  args?: Record<string, unknown>,
  options?: Parameters<Client['callTool']>[1],
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is the thing under test.
) => Promise<{ isError: boolean; text: string; data: any }>

/** Those that were called, by any test. */
const called = new Set<string>()
/** What the answers of each tool are checked against, as its list of tools gave it. */
const schemas = new Map<string, ValidateFunction>()

const toolsOf =
  (client: Client): Tools =>
  async (name, args = {}, options = {}) => {
    called.add(name)
    const result = await client.callTool({ name, arguments: args }, { timeout: 90_000, ...options })
    const [content] = result.content
    const isAsDescribed = schemas.get(name)
    if (isAsDescribed && !result.isError) {
      isAsDescribed(result.structuredContent)
      expect([name, isAsDescribed.errors]).toEqual([name, null])
    }
    return {
      isError: result.isError === true,
      text: content?.type === 'text' ? content.text : '',
      data: result.structuredContent,
    }
  }

const resourcesOf = (client: Client) => async (uri: string) => {
  const { contents } = await client.readResource({ uri })
  const [content] = contents
  return content && 'text' in content ? JSON.parse(content.text) : null
}

describe('MCP', () => {
  let app: App
  let sshd: Sshd
  let dir: string
  let clients: Client[]
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'dgx-mcp-'))
    ;[app, sshd] = await Promise.all([startApp({ JOB_KILL_GRACE_S: '2' }), startSshd()])
    // All GPUs are free: nvidia-smi says that nothing runs there.
    writeFileSync(path.join(sshd.dir, 'state/pids'), '[]')
    await app.call('POST', 'connections', { name: 'box', ...sshd.target })
    await app.call('POST', 'projects', { name: 'p', connection_id: 'box', remote_path: dir })
    clients = []
  })
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()))
    await app?.stop()
    await sshd?.stop()
    app?.remove()
    rmSync(dir, { recursive: true, force: true })
  })
  const open = async (mode: (typeof REVISIONS)[number]['mode'] = 'legacy') => {
    const client = await connect(app, mode)
    clients.push(client)
    return client
  }
  describe.each(REVISIONS)('revision $revision', ({ revision, mode }) => {
    it('lists every tool with all that a client asks of it, and resources', async () => {
      const client = await open(mode)
      expect(client.getNegotiatedProtocolVersion()).toBe(revision)
      const { tools } = await client.listTools()
      expect(tools.map(({ name }) => name)).toEqual(TOOLS)
      // What the inspector of the protocol looks at, too.
      const ajv = new Ajv2020({ strict: true, strictTypes: false, formats: { 'date-time': true } })
      for (const each of tools) {
        expect(each.name).toMatch(/^[a-z_]{1,64}$/)
        expect(ajv.validateSchema(each.inputSchema, true)).toBe(true)
        ajv.compile(each.inputSchema)
        schemas.set(each.name, ajv.compile(each.outputSchema ?? false))
        expect(each).toMatchObject({
          title: expect.any(String),
          outputSchema: { type: 'object' },
          annotations: {
            readOnlyHint: expect.any(Boolean),
            destructiveHint: expect.any(Boolean),
            idempotentHint: expect.any(Boolean),
            openWorldHint: expect.any(Boolean),
          },
        })
        expect(each.description?.length).toBeLessThan(2_000)
      }
      const { resources } = await client.listResources()
      expect(resources.map(({ uri }) => uri)).toEqual([
        'dgx://machines',
        'dgx://projects',
        'dgx://jobs',
      ])
      const { resourceTemplates } = await client.listResourceTemplates()
      expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
        'dgx://machines/{id}',
        'dgx://projects/{id}',
        'dgx://jobs/{id}',
      ])
      const read = resourcesOf(client)
      const { machines } = await read('dgx://machines')
      const { projects } = await read('dgx://projects')
      expect([machines[0], projects.at(-1)]).toMatchObject([{ name: 'box' }, { name: 'p' }])
      expect(await read(`dgx://machines/${machines[0].id}`)).toMatchObject({ name: 'box' })
      expect(await read('dgx://projects/p')).toMatchObject({ connection_id: machines[0].id })
      await expect(read('dgx://jobs/nothing')).rejects.toThrow(/no job/)
    })

    it('takes a training run from connecting a machine to the report, and nothing else is needed', async () => {
      await app.call('POST', 'disconnect/box')
      const client = await open(mode)
      const call = toolsOf(client)
      // 1, 2: a machine.
      const { machines } = (await call('list_machines')).data
      expect(machines).toMatchObject([{ name: 'box', status: 'disconnected' }])
      const refused = await call('run_command', { machine: 'box', command: 'true' })
      expect(refused).toMatchObject({
        isError: true,
        text: expect.stringMatching(/not_connected.*\nNext: connect_machine/),
      })
      const connected = await call('connect_machine', { machine: 'box' })
      expect(connected.data).toMatchObject({
        machine: { name: 'box', status: 'connected', gpus: 8 },
        host_key_fingerprint: expect.stringMatching(/^SHA256:/),
      })
      expect((await call('connect_machine', { machine: 'box' })).isError).toBe(false)
      // 3: its GPUs.
      const before = await vi.waitFor(async () => {
        const { data } = await call('gpu_status', { machine: 'box' })
        expect(data).toMatchObject({ free: 8, total: 8 })
        return data
      }, PATIENCE)
      expect(before.gpus).toHaveLength(8)

      // 4: a look at the machine. 5: a project.
      const look = await call('run_command', {
        machine: 'box',
        command: `ls -d ${dir}`,
        wait_s: 50,
      })
      expect(look.data).toMatchObject({ exit_code: 0, stdout: `${dir}\n` })
      const project = `vision ${revision}`
      const wanted = { name: project, machine: 'box', remote_path: dir }
      expect((await call('create_project', wanted)).data).toMatchObject({ is_new: true })
      expect((await call('create_project', wanted)).data).toMatchObject({ is_new: false })

      // 6: jobs.
      const order = (lr: number) => ({
        client_token: randomUUID(),
        name: `train ${revision} ${lr}`,
        project,
        gpus: 1,
        config: { lr },
        command: `for i in 1 2 3; do echo "step=$i loss=${lr}$i"; done; echo careful >&2`,
      })
      const first = order(0.5)
      // Sent twice at once, as a client that lost patience would.
      const started = await Promise.all([call('start_job', first), call('start_job', first)])
      expect(started.map(({ data }) => data?.is_new).sort()).toEqual([false, true])
      const { id } = started[0].data.job
      const again = await call('start_job', first)
      expect(again.data).toMatchObject({ is_new: false, job: { id } })
      const other = await call('start_job', { ...first, command: 'true' })
      expect(other).toMatchObject({
        isError: true,
        text: expect.stringContaining('[idempotency_conflict]'),
      })
      const second = (await call('start_job', order(0.7))).data.job

      // 7: their ends. 8: logs. 9: metrics. 10: a comparison.
      for (const job of [id, second.id]) {
        const { data } = await vi.waitFor(async () => {
          const waited = await call('wait_for_job', { job })
          expect(waited.data.timed_out).toBe(false)
          return waited
        }, PATIENCE)
        expect(data.job).toMatchObject({ status: 'completed', exit_code: 0, attempt: 1 })
      }
      const logs = await call('job_logs', { job: id })
      expect(logs.data).toMatchObject({
        ...{ stdout: expect.stringContaining('step=3'), stderr: 'careful\n' },
        ...{ ended: true, truncated: false },
      })
      const since = await call('job_logs', { job: id, since: logs.data.cursor })
      expect(since.data).toMatchObject({ stdout: '', stderr: '', cursor: logs.data.cursor })
      const found = await call('job_logs', { job: id, grep: 'step=2' })
      expect(found.data.matches).toMatchObject([{ stream: 'stdout', line: 'step=2 loss=0.52' }])

      await vi.waitFor(async () => {
        const { data } = await call('job_metrics', { job: id })
        expect(data.metrics).toMatchObject([{ name: 'loss', count: 3, min: 0.51, last: 0.53 }])
        expect((await call('job_metrics', { job: second.id })).data.points_logged).toBe(3)
      }, PATIENCE)
      const course = await call('job_metrics', { job: id, keys: ['loss'], points: 10 })
      expect(course.data.series.loss).toEqual([
        [1, 0.51],
        [2, 0.52],
        [3, 0.53],
      ])
      const compared = await call('compare_jobs', { jobs: [id, second.id] })
      expect(compared.data.jobs).toMatchObject([
        { id, config: { lr: '0.5' }, metrics: { loss: { min: 0.51 } } },
        { id: second.id, config: { lr: '0.7' }, metrics: { loss: { min: 0.71 } } },
      ])

      // 11: one that is not wanted any more.
      const long = await call('start_job', { ...order(0.9), command: 'sleep 600' })
      const job = long.data.job.id
      await vi.waitFor(async () => {
        const { data } = await call('wait_for_job', { job, until: 'running' })
        expect(data.job.phase).toBe('running')
      }, PATIENCE)
      expect((await call('gpu_status', { only_free: true })).data.free).toBe(7)
      const cancelled = await call('cancel_job', { job })
      expect(cancelled.data.job.id).toBe(job)
      await vi.waitFor(async () => {
        const { data } = await call('wait_for_job', { job })
        expect(data.job).toMatchObject({ status: 'cancelled', end_reason: 'cancelled_by_user' })
      }, PATIENCE)
      const { data } = await call('job_status', { limit: 2 })
      expect([data.jobs.length, data.job]).toEqual([2, null])
      expect((await call('job_status', { job })).data.job.id).toBe(job)
      const read = resourcesOf(client)
      expect((await read('dgx://jobs')).jobs[0]).toMatchObject({ id: job, status: 'cancelled' })
      expect(await read(`dgx://jobs/${id}`)).toMatchObject({ id, status: 'completed' })

      // 12: what came of it.
      const { data: report, text } = await call('report', { project, hours: 1 })
      expect(report).toMatchObject({
        jobs: { completed: 2, failed: 0, cancelled: 1, running: 0 },
        end_reasons: { exit_zero: 2, cancelled_by_user: 1 },
        projects: [{ project, jobs: 3, best: [{ metric: 'loss', value: 0.51, job_id: id }] }],
      })
      expect(text).toContain('2 completed')
      expect((await call('report', {})).data.machines).toMatchObject([{ machine: 'box', gpus: 8 }])
      const wrong = await call('report', { from: 'yesterday' })
      expect(wrong).toMatchObject({ isError: true, text: expect.stringContaining('from') })
    }, 240_000)

    it('runs commands, and hands back those that take longer', async () => {
      const call = toolsOf(await open(mode))
      const quick = await call('run_command', {
        machine: 'box',
        command: `A_TOKEN=${SECRET}; cat; echo out; echo err >&2; exit 3`,
        wait_s: 50,
      })
      expect(quick.data).toMatchObject({
        ...{ running: false, exit_code: 3, stdout: 'out\n', stderr: 'err\n', truncated: false },
      })
      const slow = await call('run_command', {
        machine: 'box',
        command: `echo begun; until [ -e ${dir}/go-${revision} ]; do sleep 0.05; done; seq 100000`,
        wait_s: 0,
      })
      expect(slow.data).toMatchObject({ running: true, exit_code: null })
      const { command_id } = slow.data
      writeFileSync(path.join(dir, `go-${revision}`), '')
      const ended = await vi.waitFor(async () => {
        const { data } = await call('command_output', { command_id, wait_s: 50 })
        expect(data.running).toBe(false)
        return data
      }, PATIENCE)
      expect(ended).toMatchObject({ exit_code: 0, truncated: true, stdout_bytes: 588_901 })
      expect(ended.stdout).toMatch(/^begun\n1\n2\n[\s\S]*bytes left out[\s\S]*\n100000\n$/)
      const { data } = await call('command_output', { command_id, stream: 'stdout', offset: 6 })
      expect(data.piece).toMatchObject({ offset: 6, next_offset: 5_006, size_bytes: 588_901 })
      expect(data.piece.text.startsWith('1\n2\n')).toBe(true)

      const endless = await call('run_command', { machine: 'box', command: 'sleep 600', wait_s: 0 })
      const stopped = await call('stop_command', { command_id: endless.data.command_id })
      expect(stopped.data).toMatchObject({ running: false, was_stopped: true })
    })

    it('answers failures with the next step', async () => {
      const call = toolsOf(await open(mode))
      const failures: [string, Record<string, unknown>, RegExp][] = [
        ['run_command', { machine: 'nowhere', command: 'true' }, /connection_not_found.*\nNext: /],
        ['job_status', { job: 'nothing' }, /job_not_found.*\nNext: job_status/],
        ['command_output', { command_id: 'x' }, /There is no command x.*Run it again/],
        ['run_command', { machine: 'box' }, /command/],
        [
          'start_job',
          { client_token: randomUUID(), name: 'x', command: 'true', machine: 'box', gpus: 99 },
          /does_not_fit.*\nNext: gpu_status/,
        ],
      ]
      for (const [name, args, expected] of failures) {
        const { isError, text } = await call(name, args)
        expect([name, isError, text]).toEqual([name, true, expect.stringMatching(expected)])
      }
    })

    it('says during a wait that it still waits', async () => {
      const call = toolsOf(await open(mode))
      const { data } = await call('start_job', {
        ...{
          client_token: randomUUID(),
          name: 'long',
          project: 'p',
          gpus: 0,
          command: 'sleep 600',
        },
      })
      const said: string[] = []
      const waited = await call(
        'wait_for_job',
        { job: data.job.id, wait_s: 20 },
        { onprogress: ({ message }) => said.push(message ?? '') },
      )
      expect([waited.data.timed_out, said]).toEqual([true, ['long is waited for, for 15 s']])
      await call('cancel_job', { job: data.job.id })
    })
  })

  it('speaks HTTP as both revisions ask for', async () => {
    const post = (body: unknown, headers: Record<string, string> = {}) =>
      fetch(`${app.origin}/mcp`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      })
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }
    const asCurl = await post(list, { accept: '*/*' })
    expect([asCurl.status, await asCurl.text()]).toEqual([
      200,
      expect.stringContaining('"list_machines"'),
    ])
    const notified = await post({ jsonrpc: '2.0', method: 'notifications/initialized' })
    expect(notified.status).toBe(202)
    for (const method of ['GET', 'DELETE']) {
      expect((await fetch(`${app.origin}/mcp`, { method })).status).toBe(405)
    }
    const foreign = await post(list, { origin: 'http://evil.example' })
    expect([foreign.status, (await foreign.json()).code]).toEqual([403, 'forbidden_origin'])
    expect(app.log()).toContain('"path":"/mcp","caller":"mcp"')
  })

  it('keeps every default answer below 2,000 tokens on 20 machines and a log of 100 MB', async () => {
    const call = toolsOf(await open('legacy'))
    const hostKey = ssh2.utils.generateKeyPairSync('ed25519').private
    const hosts: SimulatedHost[] = []
    try {
      for (const [i, machine] of demoMachines(19).entries()) {
        const host = await startSimulatedHost({ machine, hostKey })
        hosts.push(host)
        await app.call('POST', 'connections', {
          ...{ name: `machine-${i}`, ...sshd.target, port: host.port },
          sample_interval_ms: 10_000,
        })
        expect((await app.call('POST', `connect/machine-${i}`)).status).toBe(200)
      }
      const line = 'INFO worker 3 finished another batch of its shard without any trouble at all'
      const order = {
        ...{ client_token: randomUUID(), project: 'p', gpus: 1, name: 'chatty' },
        command: `yes '${line}' | head -c 100000000; yes '${line}' | head -c 1000000 >&2; for i in $(seq 50); do echo "step=$i loss=0.$i"; done`,
      }
      const job = (await call('start_job', order)).data.job.id
      await vi.waitFor(
        async () => {
          const { data } = await call('wait_for_job', { job })
          expect(data.job.status).toBe('completed')
          expect((await call('job_metrics', { job })).data.points_logged).toBe(50)
          expect((await call('list_machines')).data.machines).not.toContainEqual(
            expect.objectContaining({ gpus: null }),
          )
        },
        { timeout: 240_000, interval: 500 },
      )
      const next = { ...order, client_token: randomUUID(), command: 'sleep 600' }
      const waiting = (await call('start_job', next)).data.job.id
      const answers: [string, Record<string, unknown>][] = [
        ['list_machines', {}],
        ['connect_machine', { machine: 'box' }],
        ['create_project', { name: 'p' }],
        ['gpu_status', {}],
        ['gpu_status', { machine: 'box' }],
        ['run_command', { machine: 'box', command: 'seq 1000000; seq 1000000 >&2' }],
        ['start_job', order],
        ['job_status', {}],
        ['job_status', { job }],
        ['wait_for_job', { job }],
        ['job_logs', { job }],
        ['job_logs', { job, grep: 'worker 3' }],
        ['job_metrics', { job }],
        ['compare_jobs', { jobs: [job, waiting] }],
        ['cancel_job', { job: waiting }],
        ['report', {}],
        ['report', { project: 'p' }],
      ]
      const sizes: Record<string, [number, number]> = {}
      for (const [name, args] of answers) {
        const { isError, text, data } = await call(name, args)
        expect([name, isError && text]).toEqual([name, false])
        // Four characters a token. A client shows its model one of the two forms.
        const tokens = [text, JSON.stringify(data)].map((form) => Math.ceil(form.length / 4))
        sizes[`${name} ${Object.keys(args).join()}`] = tokens as [number, number]
      }
      const tooLong = Object.entries(sizes).filter(([, of]) => Math.max(...of) >= 2_000)
      expect(tooLong).toEqual([])
    } finally {
      for (let i = 0; i < hosts.length; i += 1) await app.call('DELETE', `connections/machine-${i}`)
      await Promise.all(hosts.map((host) => host.stop()))
    }
  }, 400_000)

  it('was seen at work with every tool, each answer as it is described', () => {
    expect([...called].sort()).toEqual([...TOOLS].sort())
  })
})

describe('MCP with API_SERVER_KEY set', () => {
  it('needs the key', async () => {
    const app = await startApp({ API_SERVER_KEY: KEY })
    try {
      const refused = await fetch(`${app.origin}/mcp`, { method: 'POST', body: '{}' })
      expect([refused.status, (await refused.json()).code]).toEqual([401, 'unauthorized'])
      for (const { mode } of REVISIONS) {
        const client = await connect(app, mode, { authorization: `Bearer ${KEY}` })
        expect((await client.listTools()).tools).toHaveLength(TOOLS.length)
        await client.close()
      }
    } finally {
      await app.stop()
      app.remove()
    }
  })
})

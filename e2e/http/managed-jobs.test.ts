import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type App, startApp } from '../app'
import { SECRET } from '../audit-trail'
import { processesWith, signal } from '../testbed/process-tree'
import { type Sshd, startSshd } from '../testbed/sshd'
import { startTcpProxy } from '../testbed/tcp-proxy'

const PATIENCE = { timeout: 60_000, interval: 100 }

type Job = Record<string, unknown> & { id: string; status: string; attempts: Attempt[] }
type Attempt = Record<string, unknown> & {
  gpu_uuids: string[]
  pid: number
  process_group: number
}

/** A command that goes on until the test makes this file. */
const gate = (name: string) => `until [ -e ${name} ]; do sleep 0.05; done`

describe('managed jobs', () => {
  let app: App
  let sshd: Sshd
  let dir: string

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'dgx-jobs-'))
    writeFileSync(path.join(dir, 'boot'), 'boot-1\n')
    ;[app, sshd] = await Promise.all([
      startApp({ JOB_KILL_GRACE_S: '2' }),
      startSshd({ env: { DGX_TESTBED_BOOT_ID: path.join(dir, 'boot') } }),
    ])
    processes([])
    await app.call('POST', 'connections', { name: 'box', ...sshd.target, sample_interval_ms: 1000 })
    expect((await app.call('POST', 'connect/box')).status).toBe(200)
    await app.call('POST', 'projects', { name: 'p', connection_id: 'box', remote_path: dir })
    await app.call('GET', 'metrics/box')
  })
  afterAll(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
    rmSync(dir, { recursive: true, force: true })
  })

  /** What nvidia-smi says to run on the GPUs. */
  const processes = (list: { pid: number; gpu: number; name: string; memory_used_mb: number }[]) =>
    writeFileSync(path.join(sshd.dir, 'state/pids'), JSON.stringify(list))

  /** Jobs are made in the folder of this test, without a GPU unless asked for. */
  const create = async (command: string, more: object = {}): Promise<Job> => {
    const { status, body } = await app.call('POST', 'jobs', {
      ...{ name: 'a job', project_id: 'p', command, gpus: 0, ...more },
    })
    expect([status, body.error]).toEqual([201, undefined])
    return body.data
  }
  const get = async (id: string): Promise<Job> => (await app.call('GET', `jobs/${id}`)).body.data
  /** The job once it has this status, or has ended. */
  const until = async (id: string, status: string): Promise<Job> => {
    for (;;) {
      const { body } = await app.call('GET', `jobs/${id}/wait?timeout_s=50&until=${status}`)
      if (!body.meta.timed_out) return body.data
    }
  }
  const ended = (id: string) => until(id, 'terminal')
  /** The job once this is true of it. */
  const once = (id: string, facts: object): Promise<Job> =>
    vi.waitFor(async () => {
      const job = await get(id)
      expect(job).toMatchObject(facts)
      return job
    }, PATIENCE)
  const act = async (id: string, action: string, body: object = {}) =>
    app.call('POST', `jobs/${id}/${action}`, body)
  /** Resolves once the command has made this file. */
  const made = (name: string) =>
    vi.waitFor(() => expect(existsSync(path.join(dir, name))).toBe(true), PATIENCE)
  const open = (name: string) => writeFileSync(path.join(dir, name), '')
  const read = (name: string) => readFileSync(path.join(dir, name), 'utf8')
  const freeGpus = async () => (await app.call('GET', 'gpus?free=true')).body.data.length
  const folderOf = (id: string) => path.join(sshd.dir, 'home/.dgx-command-center/jobs', id)
  /** Pids of what a job left on the machine. */
  const left = ({ id }: Job) => processesWith(`DGX_JOB_ID=${id}`)

  it('runs a command on a GPU of its own and tells how it ended', async () => {
    const created = await create(
      `pwd > where; echo "$CUDA_VISIBLE_DEVICES" > gpus; ${gate('go-1')}`,
      {
        gpus: 2,
        config: { lr: 0.1 },
        env: { COLOUR: SECRET },
      },
    )
    expect(created).toMatchObject({ status: 'pending', phase: 'queued', attempt: 0, gpus: 2 })
    const running = await until(created.id, 'running')
    expect(running).toMatchObject({
      phase: 'running',
      reachable: true,
      held_gpu_indices: [0, 1],
      status_message: 'Runs on box.',
      end_reason: null,
    })
    await expect.poll(freeGpus, { timeout: 30_000 }).toBe(6)
    open('go-1')
    const job = await ended(created.id)
    expect(job).toMatchObject({
      status: 'completed',
      phase: 'ended',
      end_reason: 'exit_zero',
      exit_code: 0,
      attempt: 1,
      gpu_uuids: null,
      attempts: [{ attempt: 1, phase: 'ended', exit_code: 0, gpu_indices: [0, 1] }],
    })
    expect(read('where').trim()).toBe(dir)
    expect(read('gpus').trim()).toBe(job.attempts[0]?.gpu_uuids.join(','))
    await expect.poll(freeGpus, { timeout: 30_000 }).toBe(8)
  })

  it('tells what a run makes of its GPU, whose GPU process it is, and which code it ran', async () => {
    const repository = path.join(dir, 'repository')
    mkdirSync(repository)
    writeFileSync(path.join(repository, 'train.py'), 'one\n')
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        cwd: repository,
        encoding: 'utf8',
      })
    git('init', '-q')
    git('add', '.')
    git('commit', '-qm', 'one')
    writeFileSync(path.join(repository, 'train.py'), 'two\n')
    const { id } = await create(gate('../go-usage'), { gpus: 1, working_dir: repository })
    const running = await until(id, 'running')
    const [gpu] = running['held_gpu_indices'] as number[]
    const [{ process_group: pid } = { process_group: 0 }] = running.attempts
    processes([{ pid, gpu: gpu ?? -1, name: 'python3', memory_used_mb: 4321 }])
    await vi.waitFor(async () => {
      const { gpus } = (await app.call('GET', 'metrics/box')).body.data
      expect(gpus[gpu ?? -1].processes).toMatchObject([{ pid, job_id: id }])
    }, PATIENCE)
    // Written every ten seconds.
    const { usage, attempts } = await once(id, { usage: { energy_kwh: expect.any(Number) } })
    expect(usage).toMatchObject({ gpu_hours: expect.any(Number), idle_since: null })
    await once(id, { usage: { peak_gpu_memory_mb: expect.any(Number) } })
    expect(attempts).toMatchObject([
      { git_commit: git('rev-parse', 'HEAD').trim(), git_is_dirty: true, usage: {} },
    ])
    expect(attempts[0]?.['git_diff']).toContain('-one\n+two\n')
    processes([])
    open('go-usage')
    expect(await ended(id)).toMatchObject({ status: 'completed', usage: { idle_since: null } })
  })

  it.each([
    ['false', { status: 'failed', end_reason: 'exit_nonzero', exit_code: 1 }],
    ['no-such-program --now', { status: 'failed', exit_code: 127 }],
    [
      'echo begun; no-such-program',
      { status: 'failed', end_reason: 'exit_nonzero', exit_code: 127 },
    ],
    ['kill -KILL $$', { status: 'failed', end_reason: 'signalled', exit_signal: 'KILL' }],
  ])('tells how %j ended', async (command, facts) => {
    expect(await ended((await create(command)).id)).toMatchObject({ phase: 'ended', ...facts })
  })

  it('says that a folder is not there, and that time was over', async () => {
    const nowhere = await create('true', { working_dir: '/no/such/folder' })
    expect(await ended(nowhere.id)).toMatchObject({
      status: 'failed',
      end_reason: 'launch_failed',
      status_message: expect.stringContaining('/no/such/folder'),
    })
    const slow = await create('sleep 600', { timeout_s: 1 })
    expect(await ended(slow.id)).toMatchObject({ status: 'failed', end_reason: 'timed_out' })
    expect(left(slow)).toEqual([])
  })

  it('takes what is left of a run for held until it is gone', async () => {
    const job = await create('setsid sleep 600 & sleep 0.2', { gpus: 1 })
    expect(await ended(job.id)).toMatchObject({ status: 'completed', end_reason: 'exit_zero' })
    await once(job.id, { gpu_uuids: null })
    expect(left(job)).toEqual([])
    await expect.poll(freeGpus, { timeout: 30_000 }).toBe(8)
  })

  it('cancels what waits, what runs and what does not listen, and cancels twice', async () => {
    const waiting = await create('true', { start: false })
    expect((await act(waiting.id, 'cancel')).body.data).toMatchObject({
      status: 'cancelled',
      attempt: 0,
    })
    const deaf = await create("trap '' TERM; touch deaf; while :; do sleep 0.1; done")
    await made('deaf')
    expect((await act(deaf.id, 'cancel')).body.data).toMatchObject({
      status: 'running',
      phase: 'stopping',
    })
    expect((await act(deaf.id, 'cancel')).status).toBe(200)
    expect(await ended(deaf.id)).toMatchObject({
      status: 'cancelled',
      end_reason: 'cancelled_by_user',
      exit_signal: 'KILL',
    })
    expect(left(deaf)).toEqual([])
    expect((await act(deaf.id, 'cancel')).status).toBe(200)

    const careful = await create(
      "trap 'echo saved > saved; exit 3' TERM; touch careful; while :; do sleep 0.1; done",
    )
    await made('careful')
    await act(careful.id, 'cancel')
    expect(await ended(careful.id)).toMatchObject({ status: 'cancelled', exit_code: 3 })
    expect(read('saved')).toBe('saved\n')
  })

  it('waits for others, and fails with them', async () => {
    await create(gate('go-first'), { name: 'first' })
    const second = await create('true', { depends_on: ['first'], name: 'second' })
    const third = await create('true', { depends_on: [second.id] })
    await once(third.id, { wait_reason: 'dependency', depends_on: [second.id], queue_position: 2 })
    open('go-first')
    expect(await ended(third.id)).toMatchObject({ status: 'completed' })

    const broken = await create('exit 4')
    const after = await create('true', { depends_on: [broken.id] })
    const chain = await create('true', { depends_on: [after.id] })
    expect(await ended(chain.id)).toMatchObject({
      status: 'failed',
      end_reason: 'dependency_failed',
      attempt: 0,
      status_message: expect.stringContaining(after.id),
    })
    const circle = await create('true', { start: false })
    const back = await create('true', { start: false, depends_on: [circle.id] })
    const refused = await app.call('PUT', `jobs/${circle.id}`, { depends_on: [back.id] })
    expect([refused.status, refused.body.details[0].path]).toEqual([400, 'depends_on'])
  })

  it('tries again by itself as often as it may, and once more when it is told to', async () => {
    const job = await create('echo x >> tries; [ "$(wc -l < tries)" -ge 4 ]', { max_retries: 2 })
    expect(await ended(job.id)).toMatchObject({ status: 'failed', attempt: 3, retries_left: 0 })
    expect((await act(job.id, 'retry')).body.data).toMatchObject({
      status: 'pending',
      end_reason: null,
      completed_at: null,
    })
    expect(await ended(job.id)).toMatchObject({
      status: 'completed',
      attempt: 4,
      attempts: [1, 1, 1, 0].map((exit_code, i) => ({ attempt: i + 1, exit_code })),
    })
    const again = await act(job.id, 'retry')
    expect([again.status, again.body.code]).toEqual([409, 'illegal_transition'])
    expect(again.body.error).toContain('Possible now: clone')
  })

  it('clones with changes, and a job by hand into one that runs', async () => {
    const job = await create('echo "$WORD" > word', { env: { WORD: 'one' }, tags: ['a'] })
    await ended(job.id)
    const { status, headers, body } = await act(job.id, 'clone', { env: { WORD: 'two' } })
    expect([status, headers.get('location')]).toEqual([201, `/api/dgx/jobs/${body.data.id}`])
    expect(body.data).toMatchObject({ tags: ['a'], command: job.command, gpus: 0 })
    await ended(body.data.id)
    expect(read('word')).toBe('two\n')
    const byHand = await app.call('POST', 'jobs', { name: 'by hand', project_id: 'p' })
    const run = await act(byHand.body.data.id, 'clone', { command: 'true', gpus: 0 })
    expect(await ended(run.body.data.id)).toMatchObject({
      status: 'completed',
      project_id: job.project_id,
    })
  })

  it('says where a job would run, and refuses what never can', async () => {
    const dry = (fields: object) =>
      app.call('POST', 'jobs?dry_run=true', {
        name: 'dry',
        project_id: 'p',
        command: 'true',
        ...fields,
      })
    expect((await dry({ gpus: 2 })).body.data).toMatchObject({
      would: 'start_now',
      connection_name: 'box',
      gpu_indices: [0, 1],
    })
    for (const fields of [{ gpus: 9 }, { gpu_indices: [8] }, { min_gpu_memory_mb: 10_000_000 }]) {
      const { status, body } = await dry(fields)
      expect([status, body.code]).toEqual([409, 'does_not_fit'])
      expect(body.error).toContain('box has')
    }
    expect((await dry({ gpus: 2, gpu_indices: [0] })).status).toBe(400)
    expect((await dry({ project_id: undefined })).body.details[0].path).toBe('connection_id')
    expect((await dry({ env: { CUDA_VISIBLE_DEVICES: '0' } })).status).toBe(400)
    expect((await app.call('GET', 'jobs?search=dry')).body.data).toEqual([])
  })

  it('lets the more important job go first, and what needs no GPU at once', async () => {
    const all = await create(gate('go-all'), { gpus: 8 })
    await until(all.id, 'running')
    const low = await create('echo low >> order', { gpus: 8, name: 'low' })
    const small = await create('true', { gpus: 1 })
    const high = await create('echo high >> order', { gpus: 8, priority: 5, name: 'high' })
    expect(await ended((await create('true')).id)).toMatchObject({ status: 'completed' })
    await once(low.id, { wait_reason: 'no_gpu_free', queue_position: 2 })
    const queue = (await app.call('GET', 'queue')).body.data.filter(
      ({ position }: { position: number | null }) => position !== null,
    )
    expect(queue.map(({ job_id }: { job_id: string }) => job_id)).toEqual([
      high.id,
      low.id,
      small.id,
    ])
    expect(queue[0]).toMatchObject({
      position: 1,
      wait_reason: 'no_gpu_free',
      starts_when: expect.any(String),
    })
    const gpus = (await app.call('GET', 'gpus')).body.data
    expect(gpus[0]).toMatchObject({
      is_free: false,
      reason: 'held_by_job',
      holder: { job_id: all.id },
    })
    await app.call('PUT', `jobs/${low.id}`, { priority: 9, name: 'now first' })
    await once(low.id, { queue_position: 1, name: 'now first' })
    open('go-all')
    await Promise.all([low, small, high].map(({ id }) => ended(id)))
    expect(read('order')).toBe('low\nhigh\n')
  })

  it('leaves GPUs alone that somebody else uses', async () => {
    processes([{ pid: 1, gpu: 2, name: 'other', memory_used_mb: 300 }])
    const [gpu] = await vi.waitFor(async () => {
      const { body } = await app.call('GET', 'gpus')
      const taken = body.data.filter(({ is_free }: { is_free: boolean }) => !is_free)
      expect(taken).toHaveLength(1)
      return taken
    }, PATIENCE)
    expect(gpu).toMatchObject({
      index: 2,
      reason: 'foreign_process',
      holder: { kind: 'process', pid: 1, memory_used_mb: 300 },
    })
    const job = await create('true', { gpus: 1, gpu_indices: [2] })
    await once(job.id, { wait_reason: 'no_gpu_free' })
    processes([])
    expect(await ended(job.id)).toMatchObject({ status: 'completed' })
  })

  it('keeps the status of a managed job out of the hands of callers', async () => {
    const job = await create(gate('go-put'))
    await until(job.id, 'running')
    const put = (body: object) => app.call('PUT', `jobs/${job.id}`, body)
    const refused = await put({ status: 'completed' })
    expect([refused.status, refused.body.code]).toEqual([409, 'job_is_managed'])
    expect(refused.body.error).toContain(`POST /api/dgx/jobs/${job.id}/cancel`)
    expect((await put({ command: 'true' })).body.code).toBe('job_not_waiting')
    expect(
      (await put({ notes: 'good', tags: ['x'], metrics: { loss: 1 } })).body.data,
    ).toMatchObject({
      notes: 'good',
      tags: ['x'],
      metrics: { loss: 1 },
    })
    const whole = await get(job.id)
    expect((await put(whole)).status).toBe(200)
    open('go-put')
    await ended(job.id)
    expect((await put({ status: 'failed' })).status).toBe(409)
    expect((await act(job.id, 'start')).body.code).toBe('illegal_transition')
  })

  it('deletes what runs only by force, and stops it first', async () => {
    const job = await create('touch runs; sleep 600', { gpus: 1 })
    await made('runs')
    expect(existsSync(folderOf(job.id))).toBe(true)
    for (const what of [`jobs/${job.id}`, 'projects/p', 'connections/box']) {
      const { status, body } = await app.call('DELETE', what)
      expect([status, body.code]).toEqual([409, 'jobs_running'])
    }
    expect((await app.call('DELETE', `jobs/${job.id}?force=true`)).body.data).toEqual({
      deleted: job.id,
    })
    expect(left(job)).toEqual([])
    await expect.poll(() => existsSync(folderOf(job.id)), { timeout: 30_000 }).toBe(false)
    await expect.poll(freeGpus, { timeout: 30_000 }).toBe(8)
  })

  it('keeps runs through an sshd that goes away, and learns how they ended meanwhile', async () => {
    const over = await create(`${gate('go-over')}; exit 5`)
    const goesOn = await create(gate('go-on'))
    await Promise.all([until(over.id, 'running'), until(goesOn.id, 'running')])
    const wish = await create('touch wish; sleep 600')
    await made('wish')
    await sshd.restart({
      whileDown: async () => {
        await once(goesOn.id, { status: 'running', reachable: false })
        open('go-over')
        expect((await act(wish.id, 'cancel')).body.data).toMatchObject({
          phase: 'stopping',
          reachable: false,
        })
      },
    })
    expect(await ended(over.id)).toMatchObject({ status: 'failed', exit_code: 5 })
    expect(await ended(wish.id)).toMatchObject({ status: 'cancelled' })
    await once(goesOn.id, { status: 'running', reachable: true })
    open('go-on')
    expect(await ended(goesOn.id)).toMatchObject({ status: 'completed', exit_code: 0 })
  })

  it('goes on through a network that is dead for a while', async () => {
    const proxy = await startTcpProxy(sshd.port)
    const far = { name: 'far', ...sshd.target, port: proxy.port }
    await app.call('POST', 'connections', far)
    await app.call('POST', 'connect/far')
    const job = await create(`${gate('go-far')}; exit 6`, {
      connection_id: 'far',
      project_id: null,
      working_dir: dir,
    })
    await until(job.id, 'running')
    proxy.blackhole()
    open('go-far')
    expect(await get(job.id)).toMatchObject({ status: 'running' })
    proxy.restore()
    expect(await ended(job.id)).toMatchObject({ status: 'failed', exit_code: 6, attempt: 1 })

    const left = await create('sleep 600', { connection_id: 'far', project_id: null, gpus: 1 })
    await until(left.id, 'running')
    await proxy.stop()
    await once(left.id, { status: 'running', reachable: false })
    expect((await app.call('DELETE', `jobs/${left.id}?force=true`)).body.code).toBe('not_connected')
    expect((await app.call('DELETE', 'connections/far')).body.code).toBe('jobs_running')
    expect((await app.call('DELETE', 'connections/far?force=true')).status).toBe(200)
    expect(await get(left.id)).toMatchObject({
      status: 'failed',
      end_reason: 'lost',
      connection_id: null,
      gpu_uuids: null,
    })
  })

  it('tells that a machine was rebooted', async () => {
    const rebooted = await create('touch before-boot; sleep 600', { gpus: 1 })
    await made('before-boot')
    const { attempts } = await until(rebooted.id, 'running')
    for (const pid of left(rebooted)) signal(pid, 'SIGKILL')
    signal(attempts[0]?.pid ?? 0, 'SIGKILL')
    writeFileSync(path.join(dir, 'boot'), 'boot-2\n')
    expect(await ended(rebooted.id)).toMatchObject({
      status: 'failed',
      end_reason: 'host_rebooted',
    })
    // A process that was just killed may still have been there when the machine was asked.
    await once(rebooted.id, { gpu_uuids: null })
    await expect.poll(freeGpus, { timeout: 30_000 }).toBe(8)
  })

  it('watches a run whose folder was deleted until it is gone', async () => {
    const job = await create('touch orphan; sleep 600', { gpus: 1 })
    await made('orphan')
    const { attempts } = await until(job.id, 'running')
    rmSync(folderOf(job.id), { recursive: true, force: true })
    signal(attempts[0]?.pid ?? 0, 'SIGKILL')
    await once(job.id, { status: 'running', status_message: expect.stringContaining('run on') })
    await expect.poll(freeGpus, { timeout: 30_000 }).toBe(7)
    for (const pid of left(job)) signal(pid, 'SIGKILL')
    expect(await ended(job.id)).toMatchObject({ status: 'failed', end_reason: 'lost' })
    await expect.poll(freeGpus, { timeout: 30_000 }).toBe(8)
  }, 120_000)

  it('gives no GPU twice to 50 jobs', async () => {
    const lock = path.join(dir, 'locks')
    const command = `for gpu in $(echo "$CUDA_VISIBLE_DEVICES" | tr , ' '); do mkdir -p ${lock} && mkdir ${lock}/$gpu || exit 99; done
      sleep 0.$(( $$ % 5 ))
      for gpu in $(echo "$CUDA_VISIBLE_DEVICES" | tr , ' '); do rmdir ${lock}/$gpu; done`
    const jobs = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        create(command, { gpus: [1, 2, 1, 4, 8][i % 5], name: `many ${i}` }),
      ),
    )
    const all = await Promise.all(jobs.map(({ id }) => ended(id)))
    expect(all.map(({ status, exit_code }) => [status, exit_code])).toEqual(
      all.map(() => ['completed', 0]),
    )
    const held = all.flatMap(({ attempts }) =>
      attempts.flatMap(({ gpu_uuids, started_at, ended_at }) =>
        gpu_uuids.map((uuid) => ({ uuid, from: String(started_at), to: String(ended_at) })),
      ),
    )
    expect(held).toHaveLength(160)
    for (const a of held) {
      const others = held.filter(
        (b) => b !== a && b.uuid === a.uuid && b.from < a.to && a.from < b.to,
      )
      expect(others).toEqual([])
    }
    await expect.poll(freeGpus, { timeout: 30_000 }).toBe(8)
  }, 300_000)

  it('is killed with -9 at ten moments, and runs every job once to its true end', async () => {
    const jobs: Job[] = []
    for (let i = 0; i < 10; i += 1) {
      jobs.push(
        await create(`echo x >> once-${i}; sleep 1; exit ${i}`, { gpus: 1, name: `killed ${i}` }),
      )
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 2_000))
      await app.kill()
      await app.start()
    }
    for (const [i, { id }] of jobs.entries()) {
      expect(await ended(id)).toMatchObject({
        exit_code: i,
        attempt: 1,
        end_reason: i === 0 ? 'exit_zero' : 'exit_nonzero',
      })
      expect(read(`once-${i}`)).toBe('x\n')
    }
    await expect.poll(freeGpus, { timeout: 30_000 }).toBe(8)
  }, 300_000)
})

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type App, startApp } from '../app'
import { SECRET } from '../audit-trail'
import { type DgxCommand, dgxCommand } from '../dgx-command'
import { freePort } from '../testbed/free-port'
import { type Sshd, startSshd } from '../testbed/sshd'

const PATIENCE = { timeout: 50_000, interval: 100 }

describe('the dgx command with jobs', () => {
  let app: App
  let sshd: Sshd
  let dir: string
  let dgx: DgxCommand['dgx']
  let start: DgxCommand['start']
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'dgx-cli-'))
    ;[app, sshd] = await Promise.all([startApp({ JOB_KILL_GRACE_S: '2' }), startSshd()])
    ;({ dgx, start } = dgxCommand({ DGX_URL: app.origin }))
    // Nobody else is on its GPUs.
    writeFileSync(path.join(sshd.dir, 'state/pids'), '[]')
    await app.call('POST', 'connections', {
      name: 'lab box',
      ...sshd.target,
      sample_interval_ms: 1000,
    })
    await app.call('POST', 'connect/lab%20box')
    await app.call('POST', 'projects', { name: 'p', connection_id: 'lab box', remote_path: dir })
    await app.call('GET', 'metrics/lab%20box')
  })
  afterAll(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
    rmSync(dir, { recursive: true, force: true })
  })

  /** A job without GPUs in the folder of this test, unless said otherwise. */
  const run = (...args: string[]) => dgx(['run', '--project', 'p', '--gpus', '0', ...args])
  const detached = async (...args: string[]) => (await run('-d', ...args)).stdout.trim()
  const open = (name: string) => writeFileSync(path.join(dir, name), '')
  /** A command that goes on until the test makes this file. */
  const gate = (name: string) => `until [ -e ${name} ]; do sleep 0.05; done`
  const get = async (id: string) => (await app.call('GET', `jobs/${id}`)).body.data
  const said = (text: () => string, part: string) =>
    vi.waitFor(() => expect(text()).toContain(part), PATIENCE)

  it('runs a job with its output and exit code here', async () => {
    expect(await run('--', 'echo out; echo no >&2; exit 7')).toEqual({
      code: 7,
      stdout: 'out\n',
      stderr: expect.stringMatching(/^dgx: job \S+\nno\ndgx: echo out;.*: .*7.*\n$/),
    })
    expect(
      await run('--', 'sh', '-c', 'printf "%s %s" "$0" "$(pwd)"', "it's  $HOME"),
    ).toMatchObject({ code: 0, stdout: `it's  $HOME ${dir}` })
    expect(await run('--', 'kill -9 $$')).toMatchObject({ code: 137 })
    expect(await run('--timeout', '1', '--', 'sleep', '600')).toMatchObject({ code: 124 })
    expect(await run('--dir', '/no/such', '--', 'true')).toMatchObject({
      code: 255,
      stderr: expect.stringContaining('/no/such'),
    })
    const json = await run('--json', '--', 'exit 3')
    expect(json.code).toBe(3)
    expect(JSON.parse(json.stdout)).toMatchObject({ status: 'failed', exit_code: 3 })
  })

  it('sends what its options say', async () => {
    const first = await detached('--', gate('go-options'))
    const { stdout } = await dgx(
      [
        ...['run', '--on', 'lab box', '--gpus', '2', '--name', 'mine', '--dir', dir],
        ...['-e', 'A=b c', '-e', 'MINE', '--priority', '3', '--after', first, '--retries', '2'],
        ...['--timeout', '60', '--tag', 'x', '--tag', 'y', '--detach', '--json', '--', 'env'],
      ],
      { env: { MINE: SECRET } },
    )
    const { id, ...job } = JSON.parse(stdout)
    expect(job).toMatchObject({
      ...{ name: 'mine', command: 'env', gpus: 2, working_dir: dir, priority: 3, max_retries: 2 },
      ...{ env: { A: 'b c', MINE: SECRET }, depends_on: [first], timeout_s: 60, tags: ['x', 'y'] },
    })
    expect((await dgx(['queue'])).stdout).toMatch(new RegExp(`1 +${id} +mine +2 +3 `))
    open('go-options')
    expect(await dgx(['wait', first, id])).toMatchObject({ code: 0 })
    expect((await dgx(['logs', id])).stdout).toMatch(/^A=b c$/m)
    expect((await dgx(['logs', id])).stdout).toMatch(/^CUDA_VISIBLE_DEVICES=GPU-\S+,GPU-\S+$/m)
  })

  it('stops watching at Ctrl+C, says so, and the job goes on', async () => {
    const { child, said: text } = start([
      ...['run', '--project', 'p', '--gpus', '0', '--', `echo started; ${gate('go-detach')}`],
    ])
    await said(() => text.stdout, 'started')
    child.kill('SIGINT')
    expect(await once(child, 'close')).toEqual([130, null])
    const id = /dgx: job (\S+)/.exec(text.stderr)?.[1] ?? ''
    expect(text.stderr).toContain(`"dgx cancel ${id}" ends it`)
    expect(await get(id)).toMatchObject({ status: 'running' })
    open('go-detach')
    expect(await dgx(['wait', id])).toMatchObject({ code: 0 })
  })

  it('goes on where it was when the app comes back, and shows every run of a job', async () => {
    const { child, said: text } = start([
      ...['run', '--project', 'p', '--gpus', '0', '--retries', '1', '--name', 'back', '--'],
      `echo one $DGX_ATTEMPT; ${gate('go-away')}; echo two; [ $DGX_ATTEMPT = 2 ]`,
    ])
    const ended = once(child, 'close')
    await said(() => text.stdout, 'one 1')
    const look = start(['exec', 'lab box', '--', 'echo looks; sleep 20'])
    const broken = once(look.child, 'close')
    await said(() => look.said.stdout, 'looks')
    await app.kill()
    // Whether a command came to its end is not known, so that it is not run again.
    expect(await broken).toEqual([255, null])
    expect(look.said.stderr).toMatch(/^dgx: The answer broke off: .*\n$/)
    await said(() => text.stderr, 'Trying again')
    open('go-away')
    await app.start()
    expect(await ended).toEqual([0, null])
    expect(text.stdout).toBe('one 1\ntwo\none 2\ntwo\n')
    expect((await app.call('GET', 'jobs?search=back')).body.meta.total).toBe(1)
  })

  it('prints logs byte for byte, whole, from their end, and one stream', async () => {
    const bytes = randomBytes(5 * 1024 * 1024)
    writeFileSync(path.join(dir, 'bytes'), bytes)
    const id = await detached('--', 'cat bytes; printf "1\\n2\\n3\\n" >&2')
    await dgx(['wait', id])
    const { child } = start(['logs', '--stream', 'stdout', id])
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    await once(child, 'close')
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
    expect(await dgx(['logs', '-f', '--tail', '2', '--stream', 'stderr', id])).toEqual({
      code: 0,
      stdout: '',
      stderr: '2\n3\n',
    })
    const { stdout } = await dgx(['logs', '--json', '--tail', '1', '--stream', 'stderr', id])
    expect(JSON.parse(stdout)).toMatchObject({ ended: true, stderr: { text: '3\n' } })
  })

  it('waits for jobs and passes on the first exit code that is not 0', async () => {
    const [good, bad] = await Promise.all([detached('--', 'true'), detached('--', 'exit 5')])
    expect(await dgx(['wait', good])).toMatchObject({ code: 0 })
    expect(await dgx(['wait', good, bad])).toMatchObject({ code: 5 })
  })

  it('cancels and retries, and shows jobs, one job, GPUs and metrics', async () => {
    const id = await detached(
      ...['--gpus=1', '--name', 'cosine', '--'],
      `echo step=1 loss=0.5; echo step=2 loss=0.25; ${gate('go-show')}; touch ended`,
    )
    await vi.waitFor(
      async () => expect(await get(id)).toMatchObject({ metric_count: 2, status: 'running' }),
      PATIENCE,
    )
    expect((await dgx(['jobs', '--status', 'running', '--project', 'p'])).stdout).toMatch(
      new RegExp(`^ID .*\\n${id} +cosine +running +- +lab box +\\d +- `),
    )
    expect((await dgx(['job', id])).stdout).toMatch(
      /^name: +cosine\nstatus: +running\n(.*\n)+ATTEMPT/m,
    )
    expect((await dgx(['gpus'])).stdout).toMatch(/^lab box +\d +A100\S+ .* no +job cosine$/m)
    expect((await dgx(['gpus', '--free'])).stdout.match(/ yes/g)).toHaveLength(7)
    expect((await dgx(['metrics', id])).stdout).toMatch(/^loss +0.25 +0.25 +2 +0.5 +1 +2 +0$/m)
    expect(JSON.parse((await dgx(['metrics', '--json', id])).stdout)).toMatchObject({
      loss: { last: 0.25 },
    })
    expect(await dgx(['cancel', id])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^cosine: /),
    })
    expect((await dgx(['wait', id])).code).toBe(143)
    open('go-show')
    expect((await dgx(['retry', '--json', id])).stdout).toContain('"attempt": ')
    expect((await dgx(['wait', id])).code).toBe(0)
    expect(existsSync(path.join(dir, 'ended'))).toBe(true)
  })

  it('says in one line what is wrong, with an exit code of its own', async () => {
    for (const args of [
      ['job', 'none'],
      ['logs', 'none'],
      ['cancel', 'none'],
    ])
      expect(await dgx(args)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^dgx: There is no job .*\n$/),
      })
    expect(await dgx(['wait', 'none'])).toMatchObject({ code: 255 })
    expect(await run('--gpus', '99', '--', 'true')).toMatchObject({ code: 255, stdout: '' })
    for (const args of [
      ['run', 'true'],
      ['run', '--gpus', 'two', '--', 'true'],
      ['logs', '--stream', 'both', 'x'],
      ['wait'],
      ['job'],
    ])
      expect(await dgx(args)).toMatchObject({ code: 2, stdout: '' })
    expect(
      await dgx(['run', '--', 'true'], {
        env: { DGX_URL: `http://127.0.0.1:${await freePort()}` },
      }),
    ).toMatchObject({ code: 255, stderr: expect.stringMatching(/^dgx: Nothing answers.*\n$/) })
  })
})

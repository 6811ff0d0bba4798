import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp } from '../app'
import { SECRET } from '../audit-trail'
import { type DgxCommand, dgxCommand } from '../dgx-command'
import { type Sshd, startSshd } from '../testbed/sshd'

const KEY = 'a key of the tests'

describe('the dgx command', () => {
  let app: App
  let sshd: Sshd
  let dgx: DgxCommand['dgx']
  let start: DgxCommand['start']
  beforeAll(async () => {
    ;[app, sshd] = await Promise.all([startApp({ API_SERVER_KEY: KEY }), startSshd()])
    ;({ dgx, start } = dgxCommand({ DGX_URL: app.origin, DGX_API_KEY: KEY }))
    const headers = { 'x-api-key': KEY }
    const machine = { name: 'lab box', ...sshd.target }
    await app.call('POST', 'connections', machine, headers)
    await app.call('POST', 'connections', { ...machine, name: 'off' }, headers)
    await app.call('POST', 'connect/lab%20box', undefined, headers)
    await app.call('GET', 'metrics/lab%20box', undefined, headers)
  })
  afterAll(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
  })

  it('lists machines as a table and as JSON', async () => {
    const { code, stdout } = await dgx(['ls'])
    expect(code).toBe(0)
    const [head, box, off] = stdout.split('\n')
    expect(head).toMatch(/^NAME +STATUS +GPU +FREE +UTIL +MEMORY +POWER +ADDRESS$/)
    expect(box).toMatch(/^lab box +connected +8 x A100-SXM4-80GB +\d\/8 +\d+% /)
    expect(off).toMatch(/^off +disconnected +- /)
    const { stdout: json } = await dgx(['ls', '--json'])
    expect(JSON.parse(json)).toMatchObject([
      { name: 'lab box', metrics: { gpus: Array(8).fill({ name: 'NVIDIA A100-SXM4-80GB' }) } },
      { name: 'off', metrics: null, free_gpus: null },
    ])
  })

  it('reports as a screen, a document, a table and JSON', async () => {
    const { code, stdout } = await dgx(['report', '--from', '1h'])
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d to .* UTC, \d+% of it sampled; jobs: 0 completed/,
    )
    expect(stdout).toMatch(/\nGPU-HOURS +SAMPLED +HELD .*\nlab box +/)
    expect((await dgx(['report', '--md', '--on', 'lab box'])).stdout).toMatch(
      /^# GPU report\n\n.* UTC, machine lab box\n[\s\S]*\n## GPUs\n/,
    )
    expect((await dgx(['report', '--csv'])).stdout).toMatch(/^scope,from,to,.*\r\ntotal,/)
    expect(JSON.parse((await dgx(['report', '--json'])).stdout)).toMatchObject({
      total: { gpus: 8 },
      machines: [{ name: 'lab box' }],
    })
    expect(await dgx(['report', '--from', 'soon'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--from must be like 7d/),
    })
  })

  it('shows GPUs once, and as they change until Ctrl+C', async () => {
    const { stdout } = await dgx(['top', 'lab box', '--once'])
    expect(stdout).toMatch(/^lab box: connected; CPU .*\nGPU +NAME/)
    expect(stdout.match(/A100-SXM4-80GB/g)).toHaveLength(8)
    const { child, said } = start(['top', '--json'])
    const ended = once(child, 'close')
    await new Promise<void>((resolve) => {
      child.stdout.on('data', () => said.stdout.includes('"type":"metrics"') && resolve())
    })
    child.kill('SIGINT')
    expect(await ended).toEqual([130, null])
    for (const line of said.stdout.trim().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ connection_id: expect.any(String) })
  })

  it('makes a key, says it once, and takes it away', async () => {
    expect((await dgx(['keys'])).stdout).toMatch(/^No key yet/)
    const made = await dgx(['keys', 'create', 'my agent', '--scope', 'read', '--rate', '600'])
    expect(made.stdout).toMatch(/^dgx_[0-9a-f]{8}_[0-9a-f]{64}\n$/)
    expect(made.stderr).toContain('"my agent" has the scope read.')
    const agent = dgxCommand({ DGX_URL: app.origin, DGX_API_KEY: made.stdout.trim() })
    expect((await agent.dgx(['ls'])).code).toBe(0)
    expect(await agent.dgx(['keys'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"my agent" has the scope read, and listKeys needs admin'),
    })
    const [head, row] = (await dgx(['keys', 'ls'])).stdout.split('\n')
    expect(head).toMatch(/^NAME +SCOPE +PER MINUTE +KEY +USED +CREATED$/)
    expect(row).toMatch(/^my agent +read +600 +dgx_[0-9a-f]{8}… +\d+ s ago +\d+ s ago$/)
    expect(await dgx(['keys', 'revoke', 'my agent'])).toMatchObject({
      stdout: 'my agent is revoked\n',
    })
    expect(await agent.dgx(['ls'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('was revoked'),
    })
    expect((await dgx(['keys', '--all', '--json'])).stdout).toContain('"revoked_at": "2')
    expect((await dgx(['keys', 'lose', 'x'])).code).toBe(2)
  })

  it('runs a command with its output, exit code, input and words as they are', async () => {
    expect(
      await dgx([
        'exec',
        'lab box',
        '--',
        'sh',
        '-c',
        'echo "$0"; echo no >&2; exit 7',
        "it's  $HOME",
      ]),
    ).toEqual({ code: 7, stdout: "it's  $HOME\n", stderr: 'no\n' })
    expect(await dgx(['exec', 'lab box', `A_TOKEN=${SECRET}; echo $((40+2))`])).toMatchObject({
      stdout: '42\n',
    })
    expect(
      await dgx(
        [
          'exec',
          'lab box',
          '--cwd',
          '/tmp',
          '-e',
          'A=b c',
          '-e',
          'MINE',
          '--',
          'pwd; echo $A $MINE',
        ],
        { env: { MINE: SECRET } },
      ),
    ).toMatchObject({ code: 0, stdout: `/tmp\nb c ${SECRET}\n` })
    expect(
      await dgx(['exec', 'lab box', '--stdin', '--', 'tr', 'h', 'H'], { stdin: 'hi' }),
    ).toEqual({
      code: 0,
      stdout: 'Hi',
      stderr: '',
    })
    expect(await dgx(['exec', 'lab box', 'kill -9 $$'])).toMatchObject({ code: 137 })
    expect(await dgx(['exec', 'lab box', '--timeout', '0.5', '--', 'sleep', '60'])).toMatchObject({
      code: 124,
    })
    const { code, stdout } = await dgx(['exec', '--json', 'lab box', 'exit 3'])
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ code: 3, stdout: '' })
  })

  it('ends the command there on Ctrl+C', async () => {
    const { child, said } = start(['exec', 'lab box', '--', 'echo started; sleep 300'])
    await new Promise<void>((resolve) => {
      child.stdout.on('data', () => said.stdout.includes('started') && resolve())
    })
    child.kill('SIGINT')
    expect(await once(child, 'close')).toEqual([130, null])
    await expect
      .poll(
        async () => (await dgx(['exec', 'lab box', 'pgrep -f "[s]leep 300" || echo none'])).stdout,
        {
          timeout: 20_000,
        },
      )
      .toBe('none\n')
  })

  it('tells who did what', async () => {
    // Commands are written down within a second.
    await expect
      .poll(async () => (await dgx(['audit', '-n', '50'])).stdout, { timeout: 20_000 })
      .toMatch(/cli +executeCommand +lab box +sleep 60 +timed_out\n/)
    const { stdout } = await dgx(['audit', '--json', '--on', 'lab box', '--failed', '-n', '1'])
    expect(JSON.parse(stdout)).toMatchObject([{ connection_name: 'lab box', caller_via: 'cli' }])
  })

  it('says in one line what is wrong, with an exit code of its own', async () => {
    expect(await dgx(['exec', 'nothing', '--', 'true'])).toMatchObject({
      code: 255,
      stderr: expect.stringMatching(/^dgx: There is no connection .*\n$/),
    })
    expect(await dgx(['exec', 'off', '--', 'true'])).toMatchObject({
      code: 255,
      stderr: expect.stringMatching(/not connected/),
    })
    expect(await dgx(['ls'], { env: { DGX_API_KEY: 'wrong' } })).toMatchObject({ code: 1 })
    expect(await dgx(['ls'], { env: { DGX_URL: 'http://127.0.0.1:9' } })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Nothing answers at http:\/\/127.0.0.1:9 .*npm start/),
    })
    for (const [args, says] of [
      [['nonsense'], 'there is no command "nonsense"'],
      [['--json', 'ls'], 'come after the command'],
      [['ls', 'more'], 'It is: dgx ls'],
      [['exec', 'lab box'], 'It is: dgx exec MACHINE -- COMMAND'],
      [['ls', '--wrong'], `Unknown option '--wrong'. "dgx ls --help"`],
      [['ls', '--url', 'localhost:3939'], 'like http://127.0.0.1:3939, not "localhost:3939"'],
    ] as const) {
      const said = await dgx([...args])
      expect(said).toMatchObject({ code: 2, stdout: '' })
      expect(said.stderr).toMatch(/^dgx: .*\n$/)
      expect(said.stderr).toContain(says)
    }
    expect(await dgx(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
    for (const args of [[], ['help'], ['exec', '--help']])
      expect(await dgx(args)).toMatchObject({ code: 0, stderr: '' })
  })
})

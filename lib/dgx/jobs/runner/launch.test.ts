import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Machine, runSpec, startMachine } from './fixtures'
import { recordGit } from './git'
import { launchRun } from './launch'
import { removeRuns } from './remove'
import { stopRun } from './stop'

let machine: Machine
beforeAll(async () => {
  machine = await startMachine()
})
afterAll(() => machine?.stop())

describe('a run', () => {
  it('keeps output apart and tells its exit code and times', async () => {
    const run = runSpec({ command: 'echo out; echo err >&2; exit 7' })
    const before = Date.now()
    const launched = await launchRun(machine.host, run)
    expect(['running', 'ended']).toContain(launched.state)
    const facts = await machine.ended(run)
    expect(facts).toMatchObject({
      job_id: run.job_id,
      exit: { code: 7, signal: null, reason: 'exited', message: null },
      stdout_bytes: 4,
      stderr_bytes: 4,
      metrics_bytes: 0,
    })
    expect(facts.started_at_ms).toBeGreaterThan(before - 2_000)
    expect(facts.ended_at_ms).toBeGreaterThanOrEqual(facts.started_at_ms ?? Number.NaN)
    expect(facts.heartbeat_at_ms).toBeGreaterThan(before - 2_000)
    expect(machine.read(run, 'stdout.log')).toBe('out\n')
    expect(machine.read(run, 'stderr.log')).toBe('err\n')
  })

  it('has a private folder, and the user’s own umask', async () => {
    const run = runSpec({ command: 'umask; touch made' })
    await launchRun(machine.host, run)
    await machine.ended(run)
    expect(statSync(machine.folder(run)).mode & 0o777).toBe(0o700)
    expect(statSync(path.dirname(machine.folder(run))).mode & 0o777).toBe(0o700)
    expect(statSync(path.join(machine.folder(run), 'spec.sh')).mode & 0o777).toBe(0o600)
    const own = process.umask()
    expect(machine.read(run, 'stdout.log')).toBe(`${own.toString(8).padStart(4, '0')}\n`)
    expect(statSync(path.join(machine.home, 'made')).mode & 0o777).toBe(0o666 & ~own)
  })

  it('finds what it was given, whatever that holds', async () => {
    const nasty = 'it\'s $(id) `id` \\ "x" !\n%s é $HOME -n; rm -rf /'
    const folder = path.join(machine.home, 'a $(b) \'c\' "d"')
    mkdirSync(folder)
    const config = { text: nasty, big: 'x'.repeat(1024 * 1024) }
    const run = runSpec({
      command: [
        'pwd',
        'printf "%s|" "$NASTY" "$CUDA_VISIBLE_DEVICES" "$CUDA_DEVICE_ORDER" "$PYTHONUNBUFFERED"',
        "cat <<'E'",
        nasty,
        'E',
        'printf "%s|" "$DGX_JOB_ID" "$DGX_ATTEMPT" "$DGX_JOB_DIR" "$DGX_METRICS_FILE" "$PYTHONPATH"',
        'cat; cmp "$DGX_CONFIG_FILE" "$DGX_RUN_DIR/config.json" && wc -c < "$DGX_CONFIG_FILE"',
      ].join('\n'),
      working_dir: folder,
      env: { NASTY: nasty, PYTHONPATH: '/a', DGX_JOB_ID: 'mine', HOME: '/tmp' },
      gpu_uuids: ['GPU-1', 'GPU-2'],
      config,
    })
    await launchRun(machine.host, run)
    await machine.ended(run)
    const at = machine.folder(run)
    expect(machine.read(run, 'stderr.log')).toBe('')
    expect(machine.read(run, 'stdout.log')).toBe(
      `${folder}\n${nasty}|GPU-1,GPU-2|PCI_BUS_ID|1|${nasty}\n` +
        `${run.job_id}|1|${path.dirname(at)}|${at}/metrics.jsonl|/a:${at}|` +
        `${Buffer.byteLength(machine.read(run, 'config.json'))}\n`,
    )
    expect(JSON.parse(machine.read(run, 'config.json'))).toEqual(config)
  })

  it('can import the helper that logs metrics, and read its config', async () => {
    const run = runSpec({
      command: `python3 -c "
import dgx_metrics, json, os
print(dgx_metrics.log(loss=0.5, step=json.load(open(os.environ['DGX_CONFIG_FILE']))['step']))"`,
      config: { step: 3 },
    })
    await launchRun(machine.host, run)
    await machine.ended(run)
    expect(machine.read(run, 'stdout.log')).toBe('True\n')
    expect(JSON.parse(machine.read(run, 'metrics.jsonl'))).toMatchObject({
      step: 3,
      metrics: { loss: 0.5 },
    })
  })

  it('hides every GPU from a run without one', async () => {
    const run = runSpec({ command: 'echo "[$CUDA_VISIBLE_DEVICES]"' })
    await launchRun(machine.host, run)
    await machine.ended(run)
    expect(machine.read(run, 'stdout.log')).toBe('[]\n')
  })

  it('starts once, however often it is launched at once and later', async () => {
    const run = runSpec({ command: 'echo started >> "$DGX_JOB_DIR/starts"; sleep 300' })
    const answers = await Promise.all(Array.from({ length: 6 }, () => launchRun(machine.host, run)))
    answers.push(await launchRun(machine.host, run))
    expect(new Set(answers.map((facts) => facts.pid)).size).toBe(1)
    expect(answers.every((facts) => facts.state === 'running')).toBe(true)
    await stopRun(machine.host, run, { grace_s: 5 })
    await launchRun(machine.host, run)
    expect(machine.read(run, '../starts')).toBe('started\n')
  })

  it('is not started any more once it was stopped', async () => {
    const run = runSpec({ command: 'echo ran' })
    expect(await stopRun(machine.host, run, { grace_s: 1 })).toMatchObject({ state: 'ended' })
    expect(await launchRun(machine.host, run)).toMatchObject({
      state: 'ended',
      exit: { reason: 'launch_failed', message: 'It was stopped before it started.' },
      stdout_bytes: null,
    })
  })

  it('hears INT, which a shell keeps from its background processes', async () => {
    const run = runSpec({ command: 'echo $$; exec sleep 300' })
    await launchRun(machine.host, run)
    await machine.until(run, (facts) => (facts.stdout_bytes ?? 0) > 0)
    process.kill(Number(machine.read(run, 'stdout.log')), 'SIGINT')
    expect(await machine.ended(run)).toMatchObject({ exit: { signal: 'INT' } })
  })

  it('refuses names of env that no shell can set', async () => {
    await expect(
      launchRun(machine.host, runSpec({ env: { 'a=b; id': '' } })),
    ).rejects.toMatchObject({ code: 'invalid_request' })
  })

  it('goes with the folder of its job', async () => {
    const run = runSpec()
    await launchRun(machine.host, run)
    await machine.ended(run)
    const gone = await removeRuns(machine.host, [run.job_id, 'never-there'])
    expect(gone).toEqual([run.job_id, 'never-there'])
    expect(await machine.probe(run)).toMatchObject({ state: 'absent', pid: null })
  })
})

describe('the code of a run', () => {
  it('is recorded with what was changed since its commit', async () => {
    const folder = path.join(machine.home, 'code')
    mkdirSync(folder)
    const run = runSpec({
      command: 'git init -q; git add -A; git -c user.name=a -c user.email=a@b commit -qm one',
      working_dir: folder,
    })
    writeFileSync(path.join(folder, 'train.py'), 'one\n')
    expect(await recordGit(machine.host, folder)).toBeNull()
    await launchRun(machine.host, run)
    expect(await machine.ended(run)).toMatchObject({ exit: { code: 0 } })
    const clean = await recordGit(machine.host, '~/code')
    expect(clean).toMatchObject({ is_dirty: false, diff: '' })
    expect(clean?.commit).toMatch(/^[0-9a-f]{40}$/)
    writeFileSync(path.join(folder, 'train.py'), 'two\n')
    const dirty = await recordGit(machine.host, folder)
    expect(dirty).toMatchObject({ commit: clean?.commit, is_dirty: true })
    expect(dirty?.diff).toContain('-one\n+two\n')
    expect(await recordGit(machine.host, '/no/such/folder')).toBeNull()
  })
})

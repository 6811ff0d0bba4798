import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FAST_FIELDS, SLOW_FIELDS } from './fields'
import { A100_X8, csvRow, MARKER, slowRow } from './fixtures'
import { type Frame, FrameReader } from './frames'
import { SampleAssembler } from './sample'
import { type SamplerScriptOptions, samplerScript } from './script'

/** The real script in real shells, with a small program in place of nvidia-smi. */

const BUSYBOX = process.env['BUSYBOX'] ?? '/bin/busybox'
const SHELLS: ReadonlyArray<readonly [string, readonly string[]]> = [
  ['dash', ['/usr/bin/dash']],
  ['bash', ['/bin/bash', '--posix']],
  ...(existsSync(BUSYBOX) ? [['busybox', [BUSYBOX, 'sh']] as const] : []),
]

/**
 * Answers from files beside it; `mode` says how. It writes a line to `log` when it starts and
 * one when it finds another still running.
 */
const FAKE_NVIDIA_SMI = `#!/bin/sh
here=\${0%/*}
read -r mode < "$here/mode"
mkdir "$here/lock" 2>/dev/null || echo overlap >> "$here/log"
echo "$$" >> "$here/log"
case $mode in
  hang) exec sleep 300 ;;
  slow) sleep 0.25 ;;
esac
rmdir "$here/lock"
case $* in
  *compute-apps*) cat "$here/apps" ;;
  *driver_version*) cat "$here/slow" ;;
  *) cat "$here/fast"; [ "$mode" = lost ] && echo 'Unable to determine the device handle for GPU0000:41:00.0: GPU is lost.' >&2 && exit 15 ;;
esac
exit 0
`

let root: string
let run: Run | null

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'sampler-test-'))
  await Promise.all([mkdir(path.join(root, 'bin')), mkdir(path.join(root, 'run'))])
  await put('nvidia-smi', FAKE_NVIDIA_SMI)
  await chmod(path.join(root, 'bin/nvidia-smi'), 0o755)
  await put('mode', 'ok')
  await put('fast', A100_X8.map((gpu) => csvRow(gpu)).join('\n'))
  await put('slow', A100_X8.map(slowRow).join('\n'))
  await put('apps', `${A100_X8[2]?.['uuid']}, ${process.pid}, /usr/bin/node, 512`)
  run = null
})

afterEach(async () => {
  if (run !== null && run.child.exitCode === null && run.child.signalCode === null) {
    const ended = once(run.child, 'exit')
    run.child.kill('SIGTERM')
    await ended
  }
  await rm(root, { recursive: true, force: true })
})

const put = (name: string, text: string) => writeFile(path.join(root, 'bin', name), `${text}\n`)
const log = () => readFile(path.join(root, 'bin/log'), 'utf8').catch(() => '')
const temporaryFiles = () => readdir(path.join(root, 'run'))

async function startedPids(): Promise<number[]> {
  return (await log())
    .split('\n')
    .filter((line) => /^\d+$/.test(line))
    .map(Number)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A running script, whose frames can be awaited. */
class Run {
  readonly child: ChildProcessWithoutNullStreams
  readonly frames: Frame[] = []
  stderr = ''

  constructor(
    shell: readonly string[],
    options: Partial<SamplerScriptOptions> = {},
    env: Record<string, string> = {},
  ) {
    const script = samplerScript({
      intervalMs: 200,
      marker: MARKER,
      fastFields: FAST_FIELDS,
      slowFields: SLOW_FIELDS,
      ...options,
    })
    const [command = 'sh', ...args] = shell
    this.child = spawn(command, [...args, '-s'], {
      env: {
        NODE_ENV: 'test',
        PATH: `${root}/bin:/usr/bin:/bin`,
        XDG_RUNTIME_DIR: `${root}/run`,
        ...env,
      },
    })
    const reader = new FrameReader(MARKER)
    this.child.stdout.on('data', (chunk: Buffer) => this.frames.push(...reader.push(chunk)))
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString()
    })
    this.child.stdin.on('error', () => {})
    this.child.stdin.end(script)
    run = this
  }

  /** Waits for the first frame, from `from` on, of which `test` is true. */
  async frame(test: (frame: Frame) => boolean, from = 0): Promise<Frame> {
    for (;;) {
      const found = this.frames.slice(from).find(test)
      if (found !== undefined) return found
      if (this.child.exitCode !== null) throw new Error(`the script ended: ${this.stderr}`)
      await once(this.child.stdout, 'data')
    }
  }
}

const status = (frame: Frame) => frame.sections.get('gpu_status')?.args[0]
const isOk = (frame: Frame) => status(frame) === 'ok'

describe.each(SHELLS)('the script in %s', (_, shell) => {
  it('prints frames that are read as whole samples, with nothing on standard error', async () => {
    const run = new Run(shell)
    // On a busy computer a reading may be late and come with the next frame.
    await run.frame((frame) => isOk(frame) && run.frames.filter(isOk).length >= 3)
    const assembler = new SampleAssembler({ fastFields: FAST_FIELDS, slowFields: SLOW_FIELDS })
    const [first, , third] = run.frames
      .map((frame) => ({ frame, sample: assembler.push(frame, new Date()).sample }))
      .filter(({ frame }) => isOk(frame))
      .map(({ sample }) => sample)
    expect(first?.errors).toEqual([])
    expect(first?.gpus).toHaveLength(8)
    expect(first?.gpus[7]?.details?.driver_version).toBe('595.44.02')
    expect(first?.gpus[2]?.processes[0]).toMatchObject({ pid: process.pid, memory_used_mb: 512 })
    expect(first?.gpus[2]?.processes[0]?.command).toContain('node')
    expect(first?.gpus[2]?.processes[0]?.user).toMatch(/^\S+$/)
    expect(third?.host.hostname).not.toBeNull()
    expect(third?.host.memory_total_mb).toBeGreaterThan(100)
    expect(third?.host.disk_total_gb).toBeGreaterThan(0)
    expect(third?.host.cpu_count).toBeGreaterThan(0)
    expect(third?.host.cpu_utilization).not.toBeNull()
    expect(run.stderr).toBe('')
  })

  it('reads the slow set and the facts in the first frame and not in the next', async () => {
    const run = new Run(shell)
    const first = await run.frame(isOk)
    const second = await run.frame((frame) => isOk(frame) && frame !== first)
    expect([first, second].map(({ sections }) => sections.has('slow'))).toEqual([true, false])
    expect([first, second].map(({ sections }) => sections.has('apps'))).toEqual([true, true])
    const hasFacts = run.frames.map(({ sections }) => sections.has('host_facts'))
    expect(hasFacts.lastIndexOf(true)).toBe(0)
  })

  it('goes on with the host while nvidia-smi hangs, starts no second one, and recovers', async () => {
    await put('mode', 'hang')
    const run = new Run(shell, { nvidiaSmiTimeoutS: 3 })
    await run.frame((frame) => status(frame) === 'running' && frame.seq >= 6)
    expect(run.frames.every((frame) => frame.sections.get('host')?.lines.length)).toBe(true)
    expect(run.frames.some(isOk)).toBe(false)
    expect(await startedPids()).toHaveLength(1)
    await put('mode', 'ok')
    const late = await run.frame(isOk)
    expect(late.sections.get('fast')?.args[0]).toMatch(/^(?:124|143)$/)
    // The driver was slow, so it rests.
    await run.frame((frame) => status(frame) === 'waiting', run.frames.indexOf(late))
    expect(await startedPids()).toHaveLength(1)
  })

  it('never runs two nvidia-smi at once when one takes longer than the interval', async () => {
    await put('mode', 'slow')
    const run = new Run(shell)
    const first = await run.frame(isOk)
    await run.frame((frame) => isOk(frame) && frame !== first)
    expect(run.frames.map(status)).toContain('running')
    expect((await startedPids()).length).toBeGreaterThan(3)
    expect(await log()).not.toContain('overlap')
  })

  it.each([
    ['standard output closes', (run: Run) => run.child.stdout.destroy()],
    ['it is told to end', (run: Run) => run.child.kill('SIGTERM')],
    ['the terminal hangs up', (run: Run) => run.child.kill('SIGHUP')],
  ])('ends, and leaves no process and no file, when %s while nvidia-smi hangs', async (_, end) => {
    await put('mode', 'hang')
    const run = new Run(shell)
    await run.frame((frame) => status(frame) === 'running')
    expect(await temporaryFiles()).toHaveLength(1)
    const [pid = 0] = await startedPids()
    expect(isAlive(pid)).toBe(true)
    const ended = once(run.child, 'exit')
    end(run)
    await ended
    await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false)
    expect(await temporaryFiles()).toEqual([])
  })

  it('passes on the exit code and what nvidia-smi says on standard error', async () => {
    await put('mode', 'lost')
    const frame = await new Run(shell).frame(isOk)
    expect(frame.sections.get('fast')?.args[0]).toBe('15')
    expect(frame.sections.get('fast_err')?.lines.join()).toContain('GPU is lost')
    expect(frame.sections.has('apps')).toBe(true)
  })

  it('says that nvidia-smi is missing, and finds it once it is installed', async () => {
    await rm(path.join(root, 'bin/nvidia-smi'))
    const run = new Run(shell)
    const without = await run.frame((frame) => status(frame) === 'missing')
    expect(without.sections.get('host')?.lines.length).toBeGreaterThan(5)
    await put('nvidia-smi', FAKE_NVIDIA_SMI)
    await chmod(path.join(root, 'bin/nvidia-smi'), 0o755)
    await run.frame(isOk)
  })

  it('starts over in a new folder when its own is removed', async () => {
    const run = new Run(shell)
    await run.frame(isOk)
    const [folder = ''] = await temporaryFiles()
    // The sampler goes on writing into it meanwhile.
    await rm(path.join(root, 'run', folder), { recursive: true, maxRetries: 50, retryDelay: 5 })
    // A frame says `died` only where a reading was on its way.
    await expect.poll(temporaryFiles).toEqual([expect.not.stringMatching(folder)])
    await run.frame(isOk, run.frames.length + 1)
    expect(await temporaryFiles()).toHaveLength(1)
  })

  it('knows the user and the command where ps cannot be asked', async () => {
    await writeFile(
      path.join(root, 'bin/ps'),
      '#!/bin/sh\necho "ps: unrecognized option: p" >&2\nexit 1\n',
    )
    await chmod(path.join(root, 'bin/ps'), 0o755)
    const frame = await new Run(shell).frame(isOk)
    const [owner = ''] = frame.sections.get('owners')?.lines ?? []
    expect(owner).toMatch(new RegExp(`^${process.pid} \\S+ .*node`))
    expect(frame.sections.get('owners')?.lines).toHaveLength(1)
  })

  it('tells of which job and process group a process is', async () => {
    const child = spawn('/bin/sleep', ['300'], {
      detached: true,
      env: { NODE_ENV: 'test', DGX_JOB_ID: 'a-1_b' },
    })
    try {
      await put(
        'apps',
        `${A100_X8[0]?.['uuid']}, ${process.pid}, node, 1\nGPU-x, ${child.pid}, x, 1`,
      )
      const frame = await new Run(shell).frame(isOk)
      const lines = frame.sections.get('origins')?.lines ?? []
      expect(lines).toContain(`${child.pid} ${child.pid}`)
      expect(lines).toContain(`/proc/${child.pid}/environ:DGX_JOB_ID=a-1_b`)
      expect(lines.filter((line) => line.startsWith(`${process.pid} `))).toHaveLength(1)
    } finally {
      child.kill('SIGKILL')
    }
  })

  it('works where sleep knows whole seconds only', async () => {
    await writeFile(
      path.join(root, 'bin/sleep'),
      '#!/bin/sh\ncase $1 in *.*) echo "sleep: invalid time interval" >&2; exit 1 ;; esac\nexec /bin/sleep "$1"\n',
    )
    await chmod(path.join(root, 'bin/sleep'), 0o755)
    const run = new Run(shell, { intervalMs: 1000 })
    await run.frame(isOk)
    expect(run.stderr).toBe('')
  })
})

/** Waits in vfork for its child, uninterruptible (state D) and named like a wedged nvidia-smi. */
const STUCK_NVIDIA_SMI = '$| = 1; $0 = "nvidia-smi"; print "ready"; syscall(58) == 0 and sleep 60'

it.runIf(process.arch === 'x64' && existsSync('/usr/bin/perl'))(
  'starts no nvidia-smi beside one that an earlier run left stuck in the driver',
  async () => {
    const stuck = spawn('/usr/bin/perl', ['-e', STUCK_NVIDIA_SMI], { detached: true })
    try {
      await once(stuck.stdout, 'data')
      await expect
        .poll(() => readFile(`/proc/${stuck.pid}/stat`, 'utf8'))
        .toContain('(nvidia-smi) D ')
      const run = new Run(['/usr/bin/dash'])
      await run.frame(({ seq }) => seq === 3)
      expect(run.frames.map(status)).toEqual(['running', 'running', 'running'])
      expect(await startedPids()).toEqual([])
      process.kill(-(stuck.pid ?? 0), 'SIGKILL')
      await run.frame(isOk)
    } finally {
      stuck.kill('SIGKILL')
    }
  },
)

// The machine itself may stand still meanwhile; then it is measured again.
it('keeps to its interval', { retry: 3 }, async () => {
  const run = new Run(['/usr/bin/dash'], { intervalMs: 250 })
  const uptime = (frame: Frame) =>
    Number(
      frame.sections
        .get('host')
        ?.lines.find((line) => line.startsWith('uptime '))
        ?.slice(7),
    )
  const first = await run.frame(({ seq }) => seq === 2)
  const last = await run.frame(({ seq }) => seq === 10)
  expect(uptime(last) - uptime(first)).toBeGreaterThan(1.9)
  expect(uptime(last) - uptime(first)).toBeLessThan(2.6)
})

it('names the problem and gives the host when no folder can be written', async () => {
  // No folder for temporary files can be made: mktemp is one that fails.
  await writeFile(path.join(root, 'bin/mktemp'), '#!/bin/sh\nexit 1\n')
  await chmod(path.join(root, 'bin/mktemp'), 0o755)
  const frame = await new Run(['/usr/bin/dash']).frame((frame) => frame.seq === 2)
  expect(status(frame)).toBe('no_temp_dir')
  expect(frame.sections.get('host')?.lines.length).toBeGreaterThan(5)
})

it.each<[string, Partial<SamplerScriptOptions>]>([
  ['an interval that is no number', { intervalMs: Number.NaN }],
  ['an interval that is too short', { intervalMs: 10 }],
  ['a marker that is no nonce', { marker: 'x; reboot' }],
  ['a field that is more than a name', { fastFields: ['index', 'name; reboot'] }],
  ['no fields', { slowFields: [] }],
])('makes no script of %s', (_, bad) => {
  const good = {
    intervalMs: 1000,
    marker: MARKER,
    fastFields: FAST_FIELDS,
    slowFields: SLOW_FIELDS,
  }
  expect(() => samplerScript({ ...good, ...bad })).toThrow(RangeError)
})

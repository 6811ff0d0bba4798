import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const PROGRAM = path.join(import.meta.dirname, 'nvidia-smi')
const CSV = '--format=csv,noheader,nounits'

let state: string
beforeEach(() => {
  state = mkdtempSync(path.join(tmpdir(), 'dgx-smi-'))
})
afterEach(() => rmSync(state, { recursive: true, force: true }))

const play = (profile: string) => writeFileSync(path.join(state, 'profile'), profile)
const environment = () => ({ ...process.env, DGX_TESTBED_STATE: state, DGX_TESTBED_PROFILE: '' })

/** Runs the program as a shell would; lines of stdout without the last newline. */
function smi(...args: string[]) {
  const { stdout, stderr, status } = spawnSync(PROGRAM, args, {
    env: environment(),
    encoding: 'utf8',
  })
  return { stdout, stderr, status, lines: stdout.trimEnd().split('\n') }
}

describe('--query-gpu', () => {
  it('answers the fields asked for, in their order, one row a GPU', () => {
    play('a100x8')
    const { lines, status, stderr } = smi('--query-gpu=memory.used,index,name,power.draw', CSV)
    expect(status).toBe(0)
    expect(stderr).toBe('')
    expect(lines).toHaveLength(8)
    expect(lines[0]).toBe('74210, 0, NVIDIA A100-SXM4-80GB, 389.12')
  })

  it('heads columns with units under its own name for a field, and gives numbers units', () => {
    play('a100x8')
    const { lines } = smi('--query-gpu=clocks.sm,memory.used,gpu_name', '--format=csv', '-i', '0')
    expect(lines).toEqual([
      'clocks.current.sm [MHz], memory.used [MiB], name',
      '1395 MHz, 74210 MiB, NVIDIA A100-SXM4-80GB',
    ])
  })

  it('takes the old and the new name of the throttle reasons', () => {
    play('a100x8')
    const fields = 'clocks_throttle_reasons.active,clocks_event_reasons.active'
    const { lines } = smi(`--query-gpu=${fields},clocks_event_reasons.sw_power_cap`, '--format=csv')
    expect(lines[0]).toMatch(/^(clocks_event_reasons\.active, ){2}clocks_event_reasons\.sw/)
    expect(lines[1]).toBe('0x0000000000000004, 0x0000000000000004, Active')
  })

  it.each([
    ['a100x8', 'cuda_version'],
    ['a100x8', 'clocks.applications.sm'],
    ['jetson', 'gpu_recovery_action'],
    ['h100-idle', 'kmd_version'],
    ['a100-525', 'clocks_event_reasons.active'],
  ])('on %s fails the whole query for %s', (profile, field) => {
    play(profile)
    const { stdout, stderr, status } = smi(`--query-gpu=index,${field}`, CSV)
    expect({ stdout, stderr, status }).toEqual({
      stdout: `Field "${field}" is not a valid field to query.\n\n`,
      stderr: '',
      status: 2,
    })
  })

  it.each([
    ['a100x8', 'kmd_version', '595.71.05'],
    ['rtx-610', 'kmd_version', '610.57.04'],
    ['h100-idle', 'gpu_recovery_action', 'None'],
    ['a100-525', 'clocks_throttle_reasons.active', '0x0000000000000004'],
  ])('on %s offers %s', (profile, field, value) => {
    play(profile)
    expect(smi(`--query-gpu=${field}`, CSV).lines[0]).toBe(value)
  })

  it('says N/A in the form of each field, never with a unit', () => {
    play('gb10-busy')
    const fields = 'memory.total,memory.used,power.limit,fan.speed,temperature.memory,clocks.mem'
    expect(smi(`--query-gpu=${fields}`, '--format=csv,noheader').lines).toEqual([
      '[N/A], [N/A], [N/A], [N/A], N/A, [N/A]',
    ])
  })

  it.each([['2'], ['GPU'], ['00000000:47:00.0'], ['0000:47:00.0']])('chooses by -i %s', (id) => {
    play('a100x8')
    const uuid = smi('--query-gpu=uuid', CSV).lines[2] ?? ''
    const { lines } = smi('--query-gpu=index', CSV, '-i', id === 'GPU' ? uuid : id)
    expect(lines).toEqual(['2'])
  })

  it('finds no device for an index that is none', () => {
    play('a100x8')
    expect(smi('--query-gpu=index', CSV, '-i', '8')).toMatchObject({
      stdout: 'No devices were found\n',
      status: 6,
    })
  })

  it('prints its help with each name and alias in quotes, and every one of them can be asked', () => {
    play('a100x8')
    const { stdout } = smi('--help-query-gpu')
    const names = [...stdout.matchAll(/^"[^"]+"(?: or "[^"]+")*$/gm)]
      .flatMap(([line]) => line.split(' or '))
      .map((name) => name.slice(1, -1))
    expect(names).toEqual(expect.arrayContaining(['clocks.sm', 'gpu_name', 'kmd_version']))
    const { lines, status } = smi(`--query-gpu=${names.join(',')}`, CSV, '-i', '0')
    expect(status).toBe(0)
    expect(lines[0]?.split(', ')).toHaveLength(names.length)
  })

  it('refuses an option that it does not have', () => {
    expect(smi('--query-gpus=name')).toMatchObject({
      stdout: expect.stringContaining('Option --query-gpus is not recognized'),
      status: 2,
    })
  })
})

describe('machines in trouble', () => {
  it('keeps the rows around a lost GPU', () => {
    play('one-lost-of-eight')
    const { lines, status } = smi('--query-gpu=index,utilization.gpu', CSV)
    expect(status).not.toBe(0)
    expect(lines).toHaveLength(9)
    expect(lines.slice(2, 6)).toEqual([
      '2, 64',
      'Unable to determine the device handle for GPU0000:4E:00.0: Unknown Error',
      '[Unknown Error], [Unknown Error]',
      '4, 100',
    ])
  })

  it.each([
    ['driver-mismatch', 18, 'stderr', 'Driver/library version mismatch'],
    ['driver-not-loaded', 9, 'stdout', "couldn't communicate with the NVIDIA driver"],
    ['library-missing', 12, 'stdout', "couldn't find libnvidia-ml.so"],
    ['no-devices', 6, 'stdout', 'No devices were found'],
    ['only-gpu-lost', 15, 'stdout', 'GPU is lost.  Reboot the system'],
  ] as const)(
    '%s exits with %i and says so on %s, whatever it is asked',
    (profile, exit, stream, text) => {
      play(profile)
      for (const args of [['--query-gpu=index', CSV], ['-L'], ['-q', '-x'], []]) {
        const result = smi(...args)
        expect(result.status).toBe(exit)
        expect(result[stream]).toContain(text)
        expect(result[stream === 'stderr' ? 'stdout' : 'stderr']).toBe('')
      }
    },
  )

  it('says that a GPU requires a reset where a value would be', () => {
    play('requires-reset')
    const fields = 'index,utilization.gpu,clocks.gr,clocks_throttle_reasons.active,memory.used'
    expect(smi(`--query-gpu=${fields}`, '--format=csv,noheader').lines).toEqual([
      '0, [GPU requires reset], [GPU requires reset], [GPU requires reset], 0 MiB',
    ])
  })

  it('shows a latched GB10 as busy and slow with no reason', () => {
    play('gb10-latched')
    const [row = ''] = smi(
      '--query-gpu=utilization.gpu,clocks.sm,power.draw,clocks_throttle_reasons.active,pstate',
      CSV,
    ).lines
    const [utilization, clock, watts, mask, pstate] = row.split(', ')
    expect(Number(utilization)).toBeGreaterThan(80)
    expect(Number(clock)).toBeGreaterThanOrEqual(500)
    expect(Number(clock)).toBeLessThanOrEqual(850)
    expect(Number(watts)).toBeLessThanOrEqual(16)
    expect([Number(mask), pstate]).toEqual([0, 'P0'])
  })

  it('answers N/A for all but the name on a Jetson', () => {
    play('jetson')
    const fields = 'name,utilization.gpu,memory.used,temperature.gpu,power.draw,uuid'
    expect(smi(`--query-gpu=${fields}`, CSV).lines).toEqual([
      'Orin (nvgpu), [N/A], [N/A], [N/A], [N/A], [N/A]',
    ])
  })

  it('hangs until it is killed, and is found as nvidia-smi among the processes', async () => {
    play('hanging')
    const child = spawn(PROGRAM, ['--query-gpu=index', CSV], { env: environment() })
    const ended = once(child, 'exit')
    // It has its name once it is ready for signals.
    const name = () =>
      spawnSync('ps', ['-o', 'comm=', '-p', String(child.pid)], { encoding: 'utf8' }).stdout.trim()
    while (name() !== 'nvidia-smi') expect(child.exitCode).toBeNull()
    child.kill('SIGTERM')
    // Nothing comes of the signal: the wait for its end runs out.
    const wait = spawnSync('timeout', [
      '0.3',
      'tail',
      '--pid',
      String(child.pid),
      '-f',
      '/dev/null',
    ])
    expect(wait.status).toBe(124)
    child.kill('SIGKILL')
    expect(await ended).toEqual([null, 'SIGKILL'])
  })
})

describe('processes', () => {
  it('lists compute processes with the header of the real program, drawing ones not', () => {
    play('rtx-610')
    const { lines } = smi('--query-compute-apps=gpu_uuid,pid,name,used_memory', '--format=csv')
    expect(lines[0]).toBe('gpu_uuid, pid, process_name, used_gpu_memory [MiB]')
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatch(/^GPU-[0-9a-f-]{36}, 2240, \/usr\/bin\/blender, 2810 MiB$/)
  })

  it('knows only its own fields there', () => {
    expect(smi('--query-compute-apps=pid,utilization.gpu', CSV)).toMatchObject({
      stdout: 'Field "utilization.gpu" is not a valid field to query.\n\n',
      status: 2,
    })
  })

  it('takes the processes of the file `pids`, with unknown memory as [N/A]', () => {
    play('a100x8')
    const list = [
      { pid: process.pid, gpu: 6, name: 'node', memory_used_mb: 321 },
      { pid: 1, gpu: 7, name: 'init', memory_used_mb: null },
    ]
    writeFileSync(path.join(state, 'pids'), JSON.stringify(list))
    expect(smi('--query-compute-apps=pid,process_name,used_memory', CSV).lines).toEqual([
      `${process.pid}, node, 321`,
      '1, init, [N/A]',
    ])
  })

  it('prints hostile names as they are', () => {
    play('hostile')
    const { stdout } = smi('--query-compute-apps=pid,process_name', CSV)
    expect(stdout).toContain('7001, /tmp/a, b, 99, c\n')
    expect(stdout).toContain('--- \'quoted\' "twice" $(id)')
    expect(stdout).toContain('\u001b[31mрусский\u001b[0m 日本')
  })
})

describe('-L, -q -x, --version and the table', () => {
  it('lists MIG instances below their GPU', () => {
    play('h100-mig')
    const { lines } = smi('-L')
    expect(lines).toHaveLength(5)
    expect(lines[0]).toMatch(/^GPU 0: NVIDIA H100 80GB HBM3 \(UUID: GPU-[0-9a-f-]{36}\)$/)
    expect(lines[4]).toMatch(/^ {2}MIG 1g\.10gb {5}Device {2}3: \(UUID: MIG-[0-9a-f-]{36}\)$/)
  })

  it('gives each MIG instance its memory in XML, and they add up to the GPU', () => {
    play('h100-mig')
    const { stdout, status } = smi('-q', '-x')
    expect(status).toBe(0)
    const gpu = stdout.replace(/<mig_devices>[\s\S]*<\/mig_devices>/, '')
    const used = (xml: string) =>
      [...xml.matchAll(/<used>(\d+) MiB/g)].map(([, mib]) => Number(mib))
    const instances = used(stdout.slice(0, stdout.indexOf('</mig_devices>')))
    expect(instances).toHaveLength(4)
    expect(instances.reduce((sum, mib) => sum + mib, 0)).toBe(used(gpu)[0])
    expect(gpu).toContain('<gpu_util>N/A</gpu_util>')
    expect(stdout).toContain('<gpu_instance_id>2</gpu_instance_id>\n\t\t\t\t<compute_instance_id>0')
  })

  it('says in XML that a GPU is lost, and escapes what processes are called', () => {
    play('one-lost-of-eight')
    expect(smi('-q', '-x').stdout).toContain('<total>GPU is lost</total>')
    play('hostile')
    expect(smi('-q', '-x').stdout).toContain('&lt;b&gt;&amp;amp;&lt;/b&gt;')
  })

  it('moves the versions at driver 610', () => {
    play('h100-idle')
    expect(smi('--version').stdout).toContain('DRIVER version      : 590.48.01')
    play('rtx-610')
    expect(smi('--version').stdout).toMatch(
      /DRIVER version {6}: Deprecated.*\n.*\nKMD version.*610/,
    )
  })

  it('shows a person every GPU and process', () => {
    play('gb10-busy')
    const { stdout } = smi()
    expect(stdout).toMatch(/NVIDIA GB10 .*79C.*58W \/ N\/A.*Not Supported.*95%/)
    expect(stdout).toMatch(/9377 +C +sglang::scheduler +71240MiB/)
  })
})

describe('values over time', () => {
  const row = () => smi('--query-gpu=utilization.gpu,power.draw,temperature.gpu', CSV).lines

  it('stand still', () => {
    expect(row()).toEqual(row())
  })

  it('move a little when asked to, and zeros stay', () => {
    const still = row()
    writeFileSync(path.join(state, 'wobble'), '1')
    const moved = row()
    expect(moved).not.toEqual(still)
    for (const [i, line] of moved.entries()) {
      const [utilization, watts] = line.split(', ').map(Number)
      const [before, wattsBefore] = still[i]?.split(', ').map(Number) ?? []
      expect(Math.abs(Number(utilization) - Number(before))).toBeLessThanOrEqual(5)
      expect(Math.abs(Number(watts) - Number(wattsBefore))).toBeLessThanOrEqual(12.01)
      if (before === 0) expect(utilization).toBe(0)
    }
  })
})

describe('loop mode', () => {
  const running: ChildProcess[] = []
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL')
  })
  const loop = (...args: string[]) => {
    const child = spawn(PROGRAM, args, { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] })
    running.push(child)
    return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() }
  }

  it('prints the header once, then rows, and ends when its reader is gone', async () => {
    play('h100-idle')
    const { child, lines } = loop('--query-gpu=index,power.draw', '--format=csv', '-lms', '20')
    const first = [await lines.next(), await lines.next(), await lines.next()]
    expect(first.map(({ value }) => value)).toEqual([
      'index, power.draw [W]',
      '0, 68.02 W',
      '0, 68.02 W',
    ])
    const ended = once(child, 'exit')
    child.stdout.destroy()
    expect(await ended).toEqual([141, null])
  })

  it.each([['-l 1'], ['--loop=1'], ['-lms=30'], ['--loop-ms=30']])('takes %s', async (option) => {
    play('h100-idle')
    const { lines } = loop('--query-gpu=index', CSV, ...option.split(' '))
    expect([(await lines.next()).value, (await lines.next()).value]).toEqual(['0', '0'])
  })

  it('goes on with a lost GPU, and ends at once for a field that is none', async () => {
    play('one-lost-of-eight')
    const { lines } = loop('--query-gpu=index', CSV, '-lms', '20')
    for (let i = 0; i < 10; i++) expect((await lines.next()).done).toBe(false)
    const { child } = loop('--query-gpu=nonsense', CSV, '-lms', '20')
    expect(await once(child, 'exit')).toEqual([2, null])
  })
})

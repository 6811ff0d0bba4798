import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FAST_FIELDS, SLOW_FIELDS } from './fields'
import {
  A100_X8,
  allCells,
  csvRow,
  type FrameParts,
  frame,
  GB10_BUSY,
  GB10_IDLE,
  H100_MIG,
  JETSON_ORIN,
  RTX_DESKTOP,
  slowRow,
} from './fixtures'
import type { KnownGpu } from './known-gpus'
import { type GpuContext, type GpuReading, readGpus } from './parser'

const SPARK_HOST = { memory_total_mb: 122_880, memory_available_mb: 102_400 }
const SERVER_HOST = { memory_total_mb: 2_000_000, memory_available_mb: 1_900_000 }

function read(parts: FrameParts, context: Partial<GpuContext> = {}): GpuReading {
  return readGpus(frame(parts), {
    fastFields: FAST_FIELDS,
    slowFields: SLOW_FIELDS,
    known: [],
    details: new Map(),
    host: SERVER_HOST,
    ...context,
  })
}

const codes = (reading: GpuReading) => reading.errors.map(({ code }) => code)
const rows = A100_X8.map((gpu) => csvRow(gpu))
const knownA100s: KnownGpu[] = read({ fast: rows }).known
const without = (index: number) => rows.filter((_, i) => i !== index)

describe('eight A100', () => {
  const reading = read({
    fast: rows,
    slow: A100_X8.map(slowRow),
    apps: [`${A100_X8[3]?.['uuid']}, 4242, /usr/bin/python3, 3900`],
    owners: ['   4242 ada                              python3 train.py --lr 1e-4'],
  })

  it('gives every value of every GPU', () => {
    expect(reading.errors).toEqual([])
    expect(reading.gpus.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(reading.gpus[3]).toMatchObject({
      index: 3,
      uuid: 'GPU-a1000000-0000-4000-8000-000000000003',
      pci_bus_id: '00000000:41:00.0',
      name: 'NVIDIA A100-SXM4-80GB',
      gpu_utilization: 36,
      memory_activity: 21,
      memory_kind: 'dedicated',
      memory_total_mb: 81920,
      memory_used_mb: 4003,
      memory_available_mb: 77917,
      temperature_c: 43,
      power_watts: 93.5,
      power_limit_watts: 400,
      sm_clock_mhz: 1410,
      sm_clock_max_mhz: 1410,
      memory_clock_mhz: 1593,
      pstate: 'P0',
      throttle_reasons: [],
      health: { status: 'ok', reasons: [] },
      null_reasons: {},
    })
    expect(reading.nvidia_smi_duration_ms).toBe(60)
  })

  it('says who runs what', () => {
    expect(reading.gpus.map(({ processes }) => processes.length)).toEqual([0, 0, 0, 1, 0, 0, 0, 0])
    expect(reading.gpus[3]?.processes).toEqual([
      {
        pid: 4242,
        name: '/usr/bin/python3',
        user: 'ada',
        command: 'python3 train.py --lr 1e-4',
        memory_used_mb: 3900,
        job_id: null,
      },
    ])
  })

  it('has the slow set as details, with null for what the driver does not offer', () => {
    expect(reading.gpus[0]?.details).toMatchObject({
      driver_version: '595.44.02',
      compute_cap: '8.0',
      memory_temperature_c: 51,
      ecc_uncorrected_volatile: 0,
      fan_speed_percent: null,
      recovery_action: null,
    })
  })
})

describe('DGX Spark', () => {
  const uuid = GB10_BUSY['uuid']
  const context = { host: SPARK_HOST }

  it("shows the machine's memory as the pool and the processes' as used", () => {
    const [gpu] = read(
      { fast: [csvRow(GB10_BUSY)], apps: [`${uuid}, 10, a, 1000`, `${uuid}, 11, b, 90000`] },
      context,
    ).gpus
    expect(gpu).toMatchObject({
      memory_kind: 'unified',
      memory_total_mb: 122_880,
      memory_available_mb: 102_400,
      memory_used_mb: 91_000,
      health: { status: 'ok' },
    })
    expect(gpu?.null_reasons).toEqual({
      memory_activity: 'absent',
      power_limit_watts: 'absent',
      memory_clock_mhz: 'absent',
    })
  })

  it('uses 0 MiB when no process holds any, and null when they cannot be listed', () => {
    const used = (parts: FrameParts) =>
      read({ fast: [csvRow(GB10_IDLE)], ...parts }, context).gpus[0]?.memory_used_mb
    expect(used({ apps: [] })).toBe(0)
    expect(used({})).toBeNull()
    expect(used({ apps: [], appsExitCode: 4 })).toBeNull()
    expect(used({ apps: [`${uuid}, 10, a, [N/A]`] })).toBeNull()
  })
})

it('MIG: utilization is null because it is absent, and health stays ok', () => {
  const [gpu] = read({ fast: [csvRow(H100_MIG)], slow: [slowRow(H100_MIG)] }).gpus
  expect(gpu).toMatchObject({
    gpu_utilization: null,
    memory_used_mb: 23110,
    memory_kind: 'dedicated',
    health: { status: 'ok' },
    null_reasons: { gpu_utilization: 'absent', memory_activity: 'absent' },
  })
  expect(gpu?.details?.mig_mode).toBe('Enabled')
})

it('a desktop on driver 610: N/A without brackets, a fan at 0 %, a cap on power that is normal', () => {
  const [gpu] = read({ fast: [csvRow(RTX_DESKTOP)], slow: [slowRow(RTX_DESKTOP)] }).gpus
  expect(gpu?.throttle_reasons).toEqual(['sw_power_cap'])
  expect(gpu?.health).toEqual({ status: 'ok', reasons: [] })
  expect(gpu?.details).toMatchObject({ fan_speed_percent: 0, memory_temperature_c: null })
})

it('a Jetson that answers N/A to all but its name: unified, nulls, no fault', () => {
  const { gpus, errors } = read({ fast: [csvRow(JETSON_ORIN)], apps: [] }, { host: SPARK_HOST })
  expect(errors).toEqual([])
  expect(gpus).toHaveLength(1)
  expect(gpus[0]).toMatchObject({
    uuid: 'gpu-0',
    name: 'Orin (nvgpu)',
    memory_kind: 'unified',
    memory_total_mb: 122_880,
    memory_used_mb: null,
    gpu_utilization: null,
    temperature_c: null,
    health: { status: 'ok' },
  })
})

describe('one of eight lost', () => {
  const sentence =
    'Unable to determine the device handle for GPU0000:41:00.0: GPU is lost.  Reboot the system to recover this GPU'
  const mixed = [...rows.slice(0, 3), sentence, allCells('[Unknown Error]'), ...rows.slice(4)]

  it.each([
    ['with its sentence and an error row between the others', { fast: mixed, exitCode: 15 }],
    ['with the sentence on standard error', { fast: without(3), stderr: [sentence], exitCode: 15 }],
    ['silently', { fast: without(3) }],
  ])('keeps the seven good ones and shows the lost one with nulls, %s', (_, parts) => {
    const { gpus, known } = read(parts, { known: knownA100s })
    expect(gpus.map(({ health }) => health.status)).toEqual([
      'ok',
      'ok',
      'ok',
      'fault',
      'ok',
      'ok',
      'ok',
      'ok',
    ])
    expect(gpus[3]).toMatchObject({
      index: 3,
      uuid: A100_X8[3]?.['uuid'],
      name: 'NVIDIA A100-SXM4-80GB',
      gpu_utilization: null,
      memory_total_mb: null,
      null_reasons: { gpu_utilization: 'fault', memory_total_mb: 'fault' },
    })
    expect(gpus[3]?.health.reasons.map(({ code }) => code)).toEqual(['gpu_lost'])
    expect(gpus[4]?.gpu_utilization).toBe(48)
    expect(known).toHaveLength(8)
  })

  it('is reported by its slot when it was never seen before', () => {
    const reading = read({ fast: mixed, exitCode: 15 })
    expect(reading.gpus).toHaveLength(8)
    expect(reading.gpus.at(-1)).toMatchObject({
      uuid: '00000000:41:00.0',
      name: null,
      health: { status: 'fault' },
    })
    expect(codes(reading)).toEqual(['gpu_lost'])
    const back = read({ fast: rows }, { known: reading.known })
    expect(back.gpus.map(({ uuid }) => uuid)).toEqual(A100_X8.map((gpu) => gpu['uuid']))
  })

  it('does not call the others lost when the driver answers for none', () => {
    const { gpus } = read({ fast: [sentence], exitCode: 15 }, { known: knownA100s })
    expect(gpus.map(({ health }) => health.reasons[0]?.code)).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((i) => (i === 3 ? 'gpu_lost' : 'gpu_unreadable')),
    )
  })

  it('does not call a GPU lost whose row was cut off', () => {
    const cut = [...rows.slice(0, 7), rows[7]?.slice(0, 40) ?? '']
    const { gpus } = read({ fast: cut, exitCode: 124 }, { known: knownA100s })
    expect(gpus[6]?.health.status).toBe('ok')
    expect(gpus[7]?.health.reasons[0]?.code).toBe('gpu_unreadable')
  })
})

it('a GPU that must be reset: its "0 MiB" is null too, and it is never taken for unified', () => {
  const broken = {
    ...A100_X8[0],
    'utilization.gpu': '[GPU requires reset]',
    'temperature.gpu': '[GPU requires reset]',
    'memory.total': '[GPU requires reset]',
    'memory.used': '0',
    pstate: '[GPU requires reset]',
  }
  const [gpu] = read({ fast: [csvRow(broken)] }).gpus
  expect(gpu).toMatchObject({
    gpu_utilization: null,
    memory_used_mb: null,
    memory_total_mb: null,
    memory_kind: 'unknown',
    null_reasons: { gpu_utilization: 'fault', memory_used_mb: 'fault', memory_total_mb: 'fault' },
  })
  expect(gpu?.health.reasons.map(({ code }) => code)).toEqual(['gpu_requires_reset'])
})

it('a row that is all errors but for its slot is still the card known there', () => {
  const erring = Object.fromEntries(FAST_FIELDS.map((field) => [field, '[Unknown Error]']))
  const row = csvRow({ ...erring, index: '2', 'pci.bus_id': '00000000:31:00.0' })
  const { gpus } = read({ fast: [...without(2), row] }, { known: knownA100s })
  expect(gpus).toHaveLength(8)
  expect(gpus[2]).toMatchObject({
    uuid: A100_X8[2]?.['uuid'],
    name: 'NVIDIA A100-SXM4-80GB',
    gpu_utilization: null,
  })
  expect(gpus[2]?.health.reasons.map(({ code }) => code)).toEqual(['gpu_unknown_error'])
})

describe('nvidia-smi as a whole fails', () => {
  const mismatch = [
    'Failed to initialize NVML: Driver/library version mismatch',
    'NVML library version: 601.10',
  ]
  it.each<[string, FrameParts, string]>([
    ['version mismatch on stdout', { fast: mismatch, exitCode: 18 }, 'driver_mismatch'],
    ['version mismatch on stderr', { fast: [], stderr: mismatch, exitCode: 18 }, 'driver_mismatch'],
    [
      'driver not loaded',
      {
        fast: [
          "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.",
        ],
        exitCode: 9,
      },
      'driver_not_loaded',
    ],
    [
      'not installed',
      { fast: [], stderr: ['sh: 1: nvidia-smi: not found'], exitCode: 127 },
      'nvidia_smi_missing',
    ],
    ['stopped by its time limit', { fast: [], exitCode: 124 }, 'nvidia_smi_hung'],
    ['no permission', { fast: [], exitCode: 4 }, 'nvidia_smi_failed'],
    ['an answer that is empty', { fast: [], exitCode: 255 }, 'nvidia_smi_failed'],
  ])('%s: one error that says what to do, and no GPU vanishes', (_, parts, code) => {
    const reading = read(parts, { known: knownA100s })
    expect(codes(reading)).toEqual([code])
    expect(reading.errors[0]?.message).toMatch(/; /)
    expect(reading.gpus).toHaveLength(8)
    expect(new Set(reading.gpus.map(({ health }) => health.reasons[0]?.code))).toEqual(
      new Set(['gpu_unreadable']),
    )
    expect(reading.gpus[0]?.gpu_utilization).toBeNull()
    expect(reading.known).toEqual(knownA100s)
  })

  it('no devices: none on a machine without known GPUs, all lost on one that had them', () => {
    const parts = { fast: ['No devices were found'], exitCode: 6 }
    expect(read(parts)).toMatchObject({ gpus: [], errors: [{ code: 'no_devices' }] })
    const lost = read(parts, { known: knownA100s })
    expect(lost.gpus.map(({ health }) => health.reasons[0]?.code)).toEqual(
      Array(8).fill('gpu_lost'),
    )
  })

  it('names the field that the driver does not know', () => {
    const sentence = 'Field "clocks_throttle_reasons.active" is not a valid field to query.'
    const reading = read({ fast: [sentence, ''], exitCode: 2 })
    expect(reading.unsupportedFields).toEqual(['clocks_throttle_reasons.active'])
    expect(codes(reading)).toEqual(['field_unsupported'])
  })

  it('loses only the details when a field of the slow set is refused', () => {
    const reading = read({
      fast: rows,
      slow: ['Field "gpu_recovery_action" is not a valid field to query.'],
      slowExitCode: 2,
    })
    expect(reading.unsupportedFields).toEqual(['gpu_recovery_action'])
    expect(reading.gpus.map(({ gpu_utilization }) => gpu_utilization)).not.toContain(null)
    expect(reading.details).toBeNull()
  })
})

it('a query without a refused field leaves that value null and keeps the rest', () => {
  const fastFields = FAST_FIELDS.filter((field) => field !== 'enforced.power.limit')
  const [gpu] = read({ fast: A100_X8.map((a) => csvRow(a, fastFields)) }, { fastFields }).gpus
  expect(gpu).toMatchObject({
    power_limit_watts: null,
    sm_clock_mhz: 1410,
    null_reasons: { power_limit_watts: 'absent' },
  })
})

it('noise between the rows is reported and costs no row', () => {
  const greeting =
    'Dear users, please, note, that, on, Friday, we, shut, down, all, of, it, at, five, o, clock, sharp, thanks'
  const reading = read({ fast: [greeting, rows[0] ?? '', 'short, line', rows[1] ?? ''] })
  expect(reading.gpus.map(({ index }) => index)).toEqual([0, 1])
  expect(codes(reading)).toEqual(['row_unreadable'])
  expect(reading.errors[0]?.message).toContain('2 line(s)')
})

describe('processes', () => {
  const uuid = GB10_BUSY['uuid']
  const list = (apps: string[], owners: string[] = []) =>
    read({ fast: [csvRow(GB10_BUSY)], apps, owners }, { host: SPARK_HOST }).gpus[0]?.processes

  it('keeps names with commas, dashes, quotes and other scripts', () => {
    const names = ['a, b, 12', '---', 'say "hi"; $(reboot)', 'модель-🚀', '[Not Found]']
    const processes = list(names.map((name, i) => `${uuid}, ${100 + i}, ${name}, ${i}`))
    expect(processes?.map(({ name }) => name)).toEqual(names)
    expect(processes?.map(({ memory_used_mb }) => memory_used_mb)).toEqual([0, 1, 2, 3, 4])
  })

  it('says so when they cannot be listed, and when a line is none', () => {
    const fast = [csvRow(GB10_BUSY)]
    expect(codes(read({ fast, apps: [], appsExitCode: 4 }))).toEqual(['nvidia_smi_failed'])
    expect(codes(read({ fast, apps: ['what is this'] }))).toEqual(['row_unreadable'])
    expect(codes(read({ fast, apps: ['No running processes found'] }))).toEqual([])
  })

  it('counts a pid once that computes and draws', () => {
    const processes = list([`${uuid}, 77, game, 300`, `${uuid}, 77, game, 300`])
    expect(processes).toMatchObject([{ pid: 77, memory_used_mb: 300 }])
  })

  it('has no owner for a process that ended meanwhile', () => {
    expect(list([`${uuid}, 5, gone, 10`], ['  6 ada  sleep'])).toMatchObject([
      { pid: 5, user: null, command: null },
    ])
  })

  it('belong to a job by their environment, else by their process group', () => {
    const apps = [5, 6, 7, 8].map((pid) => `${uuid}, ${pid}, python, 10`)
    const environ = (pid: number, id: string) => `/proc/${pid}/environ:DGX_JOB_ID=${id}`
    const origins = [
      '5 50',
      '6 60',
      '8 80',
      'noise',
      environ(5, 'a'),
      environ(5, 'b'),
      environ(7, 'c'),
    ]
    const { gpus } = read(
      { fast: [csvRow(GB10_BUSY)], apps, origins },
      {
        jobOf: ({ job_id, process_group }) => job_id ?? (process_group === 60 ? 'by-group' : null),
      },
    )
    expect(gpus[0]?.processes.map(({ job_id }) => job_id)).toEqual(['a', 'by-group', 'c', null])
  })

  it('takes terminal commands out of command lines', () => {
    const [process] = list([`${uuid}, 5, x, 10`], ['5 ada sh\u0007 -c\tevil']) ?? []
    expect(process?.command).toBe('sh  -c evil')
  })
})

describe('any bytes', () => {
  const cell = fc.oneof(
    fc.constantFrom(
      '[N/A]',
      '[Unknown Error]',
      '[GPU requires reset]',
      '0x1f',
      '-',
      '12',
      'GPU-1',
      '0000:41:00.0',
      'NVIDIA GB10',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  )
  const line = fc.oneof(
    fc.array(cell, { maxLength: 20 }).map((cells) => cells.join(',')),
    fc.array(cell, { minLength: 17, maxLength: 17 }).map((cells) => cells.join(', ')),
    fc.constantFrom(...rows, 'No devices were found', 'Field "x" is not a valid field to query.'),
    fc.string({ unit: 'binary' }),
  )
  const lines = fc.array(
    line.map((text) => text.replaceAll('\n', '')),
    { maxLength: 12 },
  )
  const parts = fc.record(
    {
      fast: lines,
      stderr: lines,
      slow: lines,
      apps: lines,
      owners: lines,
      origins: lines,
      exitCode: fc.integer({ min: -1, max: 300 }),
      appsExitCode: fc.nat(300),
    },
    { requiredKeys: ['fast'] },
  )

  it('never throw, and give each GPU once, with a reason for every null', () => {
    let gpusSeen = 0
    fc.assert(
      fc.property(parts, fc.boolean(), (input, isKnown) => {
        const { gpus } = read(input, { known: isKnown ? knownA100s : [] })
        gpusSeen += gpus.length
        expect(new Set(gpus.map(({ uuid }) => uuid)).size).toBe(gpus.length)
        for (const gpu of gpus) {
          for (const [key, value] of Object.entries(gpu)) {
            if (typeof value === 'number') expect(value).not.toBeNaN()
            if (value === null && key !== 'details')
              expect(gpu.null_reasons[key]).toMatch(/absent|fault/)
          }
        }
      }),
      { numRuns: 600 },
    )
    expect(gpusSeen).toBeGreaterThan(500)
  })
})

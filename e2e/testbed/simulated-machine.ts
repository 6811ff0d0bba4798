/** A model of a machine with GPUs: what it would read at any moment. Values are invented. */

import type { SimulatedRuns } from './simulated-runs'

export type SimulatedGpu = {
  uuid: string
  bus: string
  /** Share of the time that it works at full load, 0 (idle) to 1. */
  load: number
  /** MiB that its process holds. */
  memoryMb: number
  process: { pid: number; user: string; name: string; command: string } | null
}

export type SimulatedMachine = {
  hostname: string
  driver: string
  gpuName: string
  computeCap: string
  isUnified: boolean
  gpuMemoryMb: number
  idleWatts: number
  maxWatts: number
  /** Null on parts that report no limit. */
  powerLimitWatts: number | null
  maxSmMhz: number
  cores: number
  memoryTotalMb: number
  /** Default true; without it a machine is warned of. */
  isPersistent?: boolean
  gpus: SimulatedGpu[]
  /** Of jobs of the Command Center. */
  runs?: SimulatedRuns
}

/** How long each machine has been up when it begins to be played. */
export const UPTIME_S = 950_000

/** What a job holds at most where memory is shared, MiB: others need some too. */
const SHARED_JOB_MB = 30_000

type Work = Pick<SimulatedGpu, 'load' | 'memoryMb' | 'process'> & { job_id: string | null }

/**
 * What works on a GPU at a moment: a job, or its own work, which ends for good where the first job
 * comes; only on a machine that shares its memory both.
 */
function workAt(machine: SimulatedMachine, index: number, atMs: number): Work[] {
  const gpu = machine.gpus[index]
  if (!gpu) return []
  const { runs, isUnified } = machine
  const run = runs?.workOn(gpu.uuid, atMs)
  const isOwn = isUnified || atMs < (runs?.firstStartOn(gpu.uuid) ?? Infinity)
  const jobMemoryMb = isUnified ? SHARED_JOB_MB : machine.gpuMemoryMb
  return [
    ...(isOwn && gpu.load > 0 ? [{ ...gpu, job_id: null }] : []),
    ...(run ? [{ ...run, memoryMb: run.memoryShare * jobMemoryMb }] : []),
  ]
}

export type GpuReading = {
  utilization: number
  memoryUsedMb: number
  temperature: number
  watts: number
  smMhz: number
}

/** A smooth curve between 0 and 1, different for each seed. */
function wave(seconds: number, seed: number): number {
  const sum =
    Math.sin(seconds / 61 + seed) +
    Math.sin(seconds / 17 + 2.3 * seed) +
    Math.sin(seconds / 601 + 5.1 * seed)
  return 0.5 + sum / 6
}

const heldMb = ({ memoryMb }: Work, seconds: number, index: number) =>
  Math.round(memoryMb * (0.985 + 0.015 * wave(seconds, index)))

/** What a GPU would read at a moment, ms since 1970. Work comes in epochs with a pause between. */
export function readingAt(machine: SimulatedMachine, index: number, atMs: number): GpuReading {
  const works = workAt(machine, index, atMs)
  const load = Math.min(
    1,
    works.reduce((sum, work) => sum + work.load, 0),
  )
  const seconds = atMs / 1000
  const epoch = 900 + 120 * index
  const isPause = (seconds + 97 * index) % epoch < 40
  const work = load === 0 ? 0 : isPause ? 0.06 : load * (0.9 + 0.1 * wave(seconds, index))
  const jitter = wave(seconds * 9, index + 0.5)
  return {
    utilization: Math.round(Math.min(100, 100 * work)),
    memoryUsedMb:
      works.reduce((sum, work) => sum + heldMb(work, seconds, index), 0) ||
      (machine.isUnified ? 0 : 4),
    temperature: Math.round(31 + 34 * work + 3 * jitter),
    watts:
      machine.idleWatts + (machine.maxWatts - machine.idleWatts) * work * (0.94 + 0.06 * jitter),
    smMhz: work > 0.02 ? Math.round(machine.maxSmMhz * (0.93 + 0.06 * jitter)) : 210,
  }
}

export type HostReading = {
  /** Share of its cores at work, 0 to 1. */
  cpu: number
  load: number
  availableMb: number
  cachedMb: number
  rxBytesPerS: number
  txBytesPerS: number
}

/** What the machine around its GPUs would read at a moment, ms since 1970. */
export function hostReadingAt(machine: SimulatedMachine, atMs: number): HostReading {
  const readings = machine.gpus.map((_, i) => readingAt(machine, i, atMs))
  const busy =
    readings.reduce((sum, { utilization }) => sum + utilization, 0) / (100 * readings.length)
  const held = machine.isUnified
    ? readings.reduce((sum, { memoryUsedMb }) => sum + memoryUsedMb, 0)
    : 0
  const jitter = wave(atMs / 90, 3.7)
  const cpu = 0.06 + 0.4 * busy + 0.08 * jitter
  const availableMb = machine.memoryTotalMb * (0.86 - 0.1 * busy) - held
  return {
    cpu,
    load: machine.cores * (0.04 + 0.42 * busy + 0.04 * wave(atMs / 1000, 1.9)),
    availableMb,
    cachedMb: 0.52 * availableMb,
    rxBytesPerS: 4.1e6 * (0.2 + busy + 0.5 * jitter),
    txBytesPerS: 1.2e6 * (0.2 + busy + 0.4 * wave(atMs / 70, 0.4)),
  }
}

/** Counters of the kernel since it started, as `/proc` tells them. */
export type Counters = { atMs: number; busyTicks: number; ticks: number; rx: number; tx: number }

/** Counts on to a moment: counters never jump, whatever the machine does. */
export function countOn(machine: SimulatedMachine, before: Counters, atMs: number): Counters {
  const seconds = (atMs - before.atMs) / 1000
  const { cpu, rxBytesPerS, txBytesPerS } = hostReadingAt(machine, atMs)
  const ticks = 100 * machine.cores * seconds
  return {
    atMs,
    ticks: before.ticks + ticks,
    busyTicks: before.busyTicks + ticks * cpu,
    rx: before.rx + rxBytesPerS * seconds,
    tx: before.tx + txBytesPerS * seconds,
  }
}

/** A cell of nvidia-smi's CSV without units. */
function cell(
  machine: SimulatedMachine,
  index: number,
  field: string,
  reading: GpuReading,
): string {
  const gpu = machine.gpus[index]
  const own = machine.isUnified ? '[N/A]' : null
  switch (field) {
    case 'index':
      return String(index)
    case 'uuid':
      return gpu?.uuid ?? ''
    case 'pci.bus_id':
      return gpu?.bus ?? ''
    case 'name':
      return machine.gpuName
    case 'driver_version':
      return machine.driver
    case 'compute_cap':
      return machine.computeCap
    case 'compute_mode':
      return 'Default'
    case 'persistence_mode':
      return machine.isPersistent === false ? 'Disabled' : 'Enabled'
    case 'ecc.mode.current':
      return own ?? 'Enabled'
    case 'display_active':
    case 'mig.mode.current':
      return own && field === 'mig.mode.current' ? own : 'Disabled'
    case 'pstate':
      return reading.utilization > 1 ? 'P0' : 'P8'
    case 'utilization.gpu':
      return String(reading.utilization)
    case 'utilization.memory':
      return String(Math.round(reading.utilization / 2))
    case 'memory.total':
      return own ?? String(machine.gpuMemoryMb)
    case 'memory.used':
      return own ?? String(reading.memoryUsedMb)
    case 'memory.free':
      return own ?? String(machine.gpuMemoryMb - reading.memoryUsedMb)
    case 'temperature.gpu':
      return String(reading.temperature)
    case 'temperature.memory':
      return own ?? String(reading.temperature - 4)
    case 'power.draw':
      return reading.watts.toFixed(2)
    case 'enforced.power.limit':
    case 'power.limit':
    case 'power.default_limit':
      return machine.powerLimitWatts === null ? '[N/A]' : machine.powerLimitWatts.toFixed(2)
    case 'clocks.sm':
      return String(reading.smMhz)
    case 'clocks.max.sm':
      return String(machine.maxSmMhz)
    case 'clocks_throttle_reasons.active':
      return reading.utilization > 1 ? '0x0000000000000000' : '0x0000000000000001'
    case 'ecc.errors.corrected.volatile.total':
    case 'ecc.errors.uncorrected.volatile.total':
      return own ?? '0'
    case 'remapped_rows.pending':
    case 'remapped_rows.failure':
      return own ?? 'No'
    case 'pcie.link.gen.current':
    case 'pcie.link.gen.max':
      return own ?? '4'
    case 'pcie.link.width.current':
    case 'pcie.link.width.max':
      return own ?? '16'
    case 'vbios_version':
      return own ?? '92.00.9E.00.01'
    case 'gpu_recovery_action':
      return 'None'
    default:
      return '[N/A]'
  }
}

function query(
  machine: SimulatedMachine,
  fields: readonly string[],
  readings: readonly GpuReading[],
): string[] {
  return readings.map((reading, i) =>
    fields.map((field) => cell(machine, i, field, reading)).join(', '),
  )
}

/** One frame as the sampler's script prints it, see lib/dgx/gpu/script.ts. */
export function frameAt(
  machine: SimulatedMachine,
  options: {
    marker: string
    seq: number
    fastFields: readonly string[]
    slowFields: readonly string[]
    counters: Counters
    startedMs: number
  },
): string {
  const { marker, seq, fastFields, slowFields, counters, startedMs } = options
  const { atMs } = counters
  const readings = machine.gpus.map((_, i) => readingAt(machine, i, atMs))
  const host = hostReadingAt(machine, atMs)
  const seconds = (atMs - startedMs) / 1000
  const availableKb = Math.round(host.availableMb * 1024)
  const running = machine.gpus.flatMap(({ uuid }, i) =>
    workAt(machine, i, atMs).flatMap((work) =>
      work.process
        ? [{ ...work, process: work.process, uuid, memoryMb: heldMb(work, atMs / 1000, i) }]
        : [],
    ),
  )
  const { ticks, busyTicks } = counters
  const at = (name: string) => `@${marker} section ${name}`
  const lines = [
    `@${marker} begin ${seq}`,
    at('gpu_status ok 0'),
    at('fast 0 38'),
    ...query(machine, fastFields, readings),
    at('apps 0 12'),
    ...running.map(
      ({ process, uuid, memoryMb }) => `${uuid}, ${process.pid}, ${process.name}, ${memoryMb}`,
    ),
    at('owners'),
    ...running.map(({ process }) => `${process.pid} ${process.user} ${process.command}`),
    at('origins'),
    ...running.flatMap(({ process, job_id }) =>
      job_id ? [`/proc/${process.pid}/environ:DGX_JOB_ID=${job_id}`] : [],
    ),
    ...(seq % 30 === 1 ? [at('slow 0 55'), ...query(machine, slowFields, readings)] : []),
    at('host'),
    `stat cpu  ${Math.round(busyTicks)} 0 0 ${Math.round(ticks - busyTicks)} 0 0 0 0 0 0`,
    `loadavg ${host.load.toFixed(2)} 1.00 1.00 3/900 1234`,
    `uptime ${(UPTIME_S + seconds).toFixed(2)}`,
    `hostname ${machine.hostname}`,
    `MemTotal:       ${machine.memoryTotalMb * 1024} kB`,
    `MemFree:        ${Math.round(availableKb * 0.4)} kB`,
    `MemAvailable:   ${availableKb} kB`,
    `Cached:         ${Math.round(host.cachedMb * 1024 * 0.96)} kB`,
    `SReclaimable:   ${Math.round(host.cachedMb * 1024 * 0.04)} kB`,
    'SwapTotal:      16777212 kB',
    'SwapFree:       16777212 kB',
    'some avg10=0.00 avg60=0.00 avg300=0.00 total=0',
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    `  eth0: ${Math.round(9e9 + counters.rx)} 0 0 0 0 0 0 0 ${Math.round(3e9 + counters.tx)} 0 0 0 0 0 0 0`,
    ...(seq % 30 === 1
      ? [
          at('host_facts'),
          `cpus ${machine.cores}`,
          'nics eth0',
          '/dev/nvme0n1p2 3750000000 1610000000 2140000000 43% /',
        ]
      : []),
    `@${marker} end`,
  ]
  return `${lines.join('\n')}\n`
}

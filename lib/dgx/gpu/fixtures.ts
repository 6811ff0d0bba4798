import { FAST_FIELDS, SLOW_FIELDS } from './fields'
import { type Frame, FrameReader } from './frames'

/** Machines for the tests of this folder: shapes as drivers print them, values invented. */

export const MARKER = '5eed0123456789ab'

/** What one GPU answers, by query field. Any field that is left out answers `[N/A]`. */
export type GpuAnswers = Readonly<Record<string, string>>

export const GB10_IDLE: GpuAnswers = {
  index: '0',
  uuid: 'GPU-10b10b10-0000-4000-8000-0000000000a1',
  'pci.bus_id': '0000000F:01:00.0',
  name: 'NVIDIA GB10',
  'utilization.gpu': '0',
  'temperature.gpu': '39',
  'power.draw': '4.20',
  'clocks.sm': '208',
  'clocks.max.sm': '3003',
  pstate: 'P8',
  'clocks_throttle_reasons.active': '0x0000000000000001',
  driver_version: '580.142',
  persistence_mode: 'Enabled',
  compute_mode: 'Default',
  compute_cap: '12.1',
  display_active: 'Disabled',
  gpu_recovery_action: 'None',
}
export const GB10_BUSY: GpuAnswers = {
  ...GB10_IDLE,
  'utilization.gpu': '95',
  'temperature.gpu': '76',
  'power.draw': '58.31',
  'clocks.sm': '2411',
  pstate: 'P0',
  'clocks_throttle_reasons.active': '0x0000000000000000',
}
export const GB10_LATCHED: GpuAnswers = { ...GB10_BUSY, 'power.draw': '12.90', 'clocks.sm': '611' }

export function a100(index: number): GpuAnswers {
  return {
    index: String(index),
    uuid: `GPU-a1000000-0000-4000-8000-00000000000${index}`,
    'pci.bus_id': `00000000:${(0x11 + index * 0x10).toString(16)}:00.0`,
    name: 'NVIDIA A100-SXM4-80GB',
    'utilization.gpu': String(index * 12),
    'utilization.memory': String(index * 7),
    'memory.total': '81920',
    'memory.used': String(4000 + index),
    'memory.free': String(77920 - index),
    'temperature.gpu': String(40 + index),
    'power.draw': `${90 + index}.50`,
    'enforced.power.limit': '400.00',
    'clocks.sm': '1410',
    'clocks.max.sm': '1410',
    'clocks.mem': '1593',
    pstate: 'P0',
    'clocks_throttle_reasons.active': '0x0000000000000000',
    driver_version: '595.44.02',
    persistence_mode: 'Enabled',
    compute_cap: '8.0',
    'temperature.memory': '51',
    'ecc.mode.current': 'Enabled',
    'ecc.errors.uncorrected.volatile.total': '0',
    'mig.mode.current': 'Disabled',
    display_active: 'Disabled',
    'remapped_rows.pending': 'No',
    'remapped_rows.failure': 'No',
  }
}
export const A100_X8: readonly GpuAnswers[] = [0, 1, 2, 3, 4, 5, 6, 7].map(a100)

export const H100_MIG: GpuAnswers = {
  ...a100(0),
  uuid: 'GPU-41000000-0000-4000-8000-00000000000a',
  name: 'NVIDIA H100 80GB HBM3',
  'utilization.gpu': '[N/A]',
  'utilization.memory': '[N/A]',
  'memory.total': '81559',
  'memory.used': '23110',
  'mig.mode.current': 'Enabled',
}

/** A desktop: it drives a display, so its persistence mode being off is no trouble. */
export const RTX_DESKTOP: GpuAnswers = {
  ...a100(0),
  uuid: 'GPU-47900000-0000-4000-8000-00000000000b',
  name: 'NVIDIA GeForce RTX 4090',
  'memory.total': '24564',
  'memory.used': '1320',
  'memory.free': '22790',
  'clocks_throttle_reasons.active': '0x0000000000000004',
  driver_version: '610.57.04',
  persistence_mode: 'Disabled',
  display_active: 'Enabled',
  'fan.speed': '0',
  'temperature.memory': 'N/A',
}

export const JETSON_ORIN: GpuAnswers = {
  index: '0',
  name: 'Orin (nvgpu)',
  driver_version: '540.4.0',
}

/** Each of the fast set's cells says the same. */
export function allCells(text: string): string {
  return FAST_FIELDS.map(() => text).join(', ')
}

export function csvRow(gpu: GpuAnswers, fields: readonly string[] = FAST_FIELDS): string {
  return fields.map((field) => gpu[field] ?? '[N/A]').join(', ')
}

export function slowRow(gpu: GpuAnswers): string {
  return csvRow(gpu, SLOW_FIELDS)
}

export type FrameParts = {
  seq?: number
  status?: string
  /** Lines of the fast set, its exit code and standard error; absent: nvidia-smi gave nothing. */
  fast?: readonly string[]
  exitCode?: number
  stderr?: readonly string[]
  slow?: readonly string[]
  slowExitCode?: number
  apps?: readonly string[]
  appsExitCode?: number
  owners?: readonly string[]
  origins?: readonly string[]
  host?: readonly string[]
  facts?: readonly string[]
}

/** The bytes of a frame as the script prints them. */
export function frameText(parts: FrameParts): string {
  const out = [`@${MARKER} begin ${parts.seq ?? 1}`]
  const section = (head: string, lines: readonly string[] | undefined) => {
    if (lines !== undefined) out.push(`@${MARKER} section ${head}`, ...lines, '')
  }
  section(`gpu_status ${parts.status ?? 'ok 0'}`, [])
  section(`fast ${parts.exitCode ?? 0} 60`, parts.fast)
  section('fast_err', parts.stderr)
  section(`apps ${parts.appsExitCode ?? 0} 40`, parts.apps)
  section('owners', parts.owners)
  section('origins', parts.origins)
  section(`slow ${parts.slowExitCode ?? 0} 80`, parts.slow)
  section('host', parts.host)
  section('host_facts', parts.facts)
  return `\n${out.join('\n')}\n@${MARKER} end\n`
}

/** A frame as the reader gives it. */
export function frame(parts: FrameParts): Frame {
  const [only] = new FrameReader(MARKER).push(frameText(parts))
  if (only === undefined) throw new Error('the fixture is no frame')
  return only
}

/** Lines of a host section. Times and counters may be set; the rest is a DGX Spark's. */
export function hostLines(
  values: {
    cpu?: string
    uptime?: string
    memTotalKb?: number
    memAvailableKb?: number
    network?: readonly string[]
    pressure?: boolean
  } = {},
): string[] {
  return [
    `stat cpu  ${values.cpu ?? '1000 0 500 8000 500 0 0 0 0 0'}`,
    'loadavg 1.75 1.20 0.90 2/1100 424242',
    `uptime ${values.uptime ?? '5000.00'}`,
    'hostname spark-07',
    `MemTotal:       ${values.memTotalKb ?? 125_829_120} kB`,
    'MemFree:        50000000 kB',
    `MemAvailable:   ${values.memAvailableKb ?? 104_857_600} kB`,
    'Cached:         20480000 kB',
    'SwapTotal:      16777216 kB',
    'SwapFree:       15728640 kB',
    'SReclaimable:    1024000 kB',
    ...(values.pressure === false ? [] : ['some avg10=2.50 avg60=0.40 avg300=0.10 total=991']),
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets',
    ...(values.network ?? []),
  ]
}

/** A line of /proc/net/dev. */
export function netLine(name: string, rx: number, tx: number): string {
  return `${name.padStart(6)}: ${rx} 10 0 0 0 0 0 0 ${tx} 12 0 0 0 0 0 0`
}

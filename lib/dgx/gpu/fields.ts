import type { GpuDetails } from './types'

/**
 * The fields asked of nvidia-smi. One unknown name fails the whole query, so each name here is
 * either as old as the drivers in use, or dropped by the sampler when a driver refuses it.
 */

/**
 * Asked at every interval. `clocks_throttle_reasons.active` is the old name of what drivers from
 * 535 on call `clocks_event_reasons.active`: the old one is accepted by all, the new one is not.
 */
export const FAST_FIELDS = [
  'index',
  'uuid',
  'pci.bus_id',
  'name',
  'utilization.gpu',
  'utilization.memory',
  'memory.total',
  'memory.used',
  'memory.free',
  'temperature.gpu',
  'power.draw',
  'enforced.power.limit',
  'clocks.sm',
  'clocks.max.sm',
  'clocks.mem',
  'pstate',
  'clocks_throttle_reasons.active',
] as const

/** Asked once a minute. The last three exist on newer drivers only. */
export const SLOW_FIELDS = [
  'uuid',
  'pci.bus_id',
  'index',
  'driver_version',
  'persistence_mode',
  'compute_mode',
  'compute_cap',
  'fan.speed',
  'temperature.memory',
  'power.default_limit',
  'pcie.link.gen.current',
  'pcie.link.gen.max',
  'pcie.link.width.current',
  'pcie.link.width.max',
  'ecc.mode.current',
  'ecc.errors.corrected.volatile.total',
  'ecc.errors.uncorrected.volatile.total',
  'mig.mode.current',
  'vbios_version',
  'serial',
  'display_active',
  'remapped_rows.pending',
  'remapped_rows.failure',
  'gpu_recovery_action',
] as const

type KeysOf<T, V> = { [K in keyof T]-?: T[K] extends V | null ? K : never }[keyof T]

/** The readings of one row of the fast set. */
export type FastValues = {
  index: number | null
  uuid: string | null
  pci_bus_id: string | null
  name: string | null
  gpu_utilization: number | null
  memory_activity: number | null
  memory_total_mb: number | null
  memory_used_mb: number | null
  memory_available_mb: number | null
  temperature_c: number | null
  power_watts: number | null
  power_limit_watts: number | null
  sm_clock_mhz: number | null
  sm_clock_max_mhz: number | null
  memory_clock_mhz: number | null
  pstate: string | null
  /** Bits of `clocks_throttle_reasons.active`. */
  throttle_mask: number | null
}

/** What identifies a row of the slow set, and what it says. */
export type SlowValues = GpuDetails & {
  uuid: string | null
  pci_bus_id: string | null
  index: number | null
}

/** Where a field's cell goes, and how it is read. */
export type Column<T> =
  | { kind: 'number'; key: KeysOf<T, number> }
  | { kind: 'text'; key: KeysOf<T, string> }

export const FAST_COLUMNS: ReadonlyMap<string, Column<FastValues>> = new Map<
  string,
  Column<FastValues>
>([
  ['index', { kind: 'number', key: 'index' }],
  ['uuid', { kind: 'text', key: 'uuid' }],
  ['pci.bus_id', { kind: 'text', key: 'pci_bus_id' }],
  ['name', { kind: 'text', key: 'name' }],
  ['utilization.gpu', { kind: 'number', key: 'gpu_utilization' }],
  ['utilization.memory', { kind: 'number', key: 'memory_activity' }],
  ['memory.total', { kind: 'number', key: 'memory_total_mb' }],
  ['memory.used', { kind: 'number', key: 'memory_used_mb' }],
  ['memory.free', { kind: 'number', key: 'memory_available_mb' }],
  ['temperature.gpu', { kind: 'number', key: 'temperature_c' }],
  ['power.draw', { kind: 'number', key: 'power_watts' }],
  ['enforced.power.limit', { kind: 'number', key: 'power_limit_watts' }],
  ['clocks.sm', { kind: 'number', key: 'sm_clock_mhz' }],
  ['clocks.max.sm', { kind: 'number', key: 'sm_clock_max_mhz' }],
  ['clocks.mem', { kind: 'number', key: 'memory_clock_mhz' }],
  ['pstate', { kind: 'text', key: 'pstate' }],
  ['clocks_throttle_reasons.active', { kind: 'number', key: 'throttle_mask' }],
])

export const SLOW_COLUMNS: ReadonlyMap<string, Column<SlowValues>> = new Map<
  string,
  Column<SlowValues>
>([
  ['uuid', { kind: 'text', key: 'uuid' }],
  ['pci.bus_id', { kind: 'text', key: 'pci_bus_id' }],
  ['index', { kind: 'number', key: 'index' }],
  ['driver_version', { kind: 'text', key: 'driver_version' }],
  ['persistence_mode', { kind: 'text', key: 'persistence_mode' }],
  ['compute_mode', { kind: 'text', key: 'compute_mode' }],
  ['compute_cap', { kind: 'text', key: 'compute_cap' }],
  ['fan.speed', { kind: 'number', key: 'fan_speed_percent' }],
  ['temperature.memory', { kind: 'number', key: 'memory_temperature_c' }],
  ['power.default_limit', { kind: 'number', key: 'power_default_limit_watts' }],
  ['pcie.link.gen.current', { kind: 'number', key: 'pcie_link_gen' }],
  ['pcie.link.gen.max', { kind: 'number', key: 'pcie_link_gen_max' }],
  ['pcie.link.width.current', { kind: 'number', key: 'pcie_link_width' }],
  ['pcie.link.width.max', { kind: 'number', key: 'pcie_link_width_max' }],
  ['ecc.mode.current', { kind: 'text', key: 'ecc_mode' }],
  ['ecc.errors.corrected.volatile.total', { kind: 'number', key: 'ecc_corrected_volatile' }],
  ['ecc.errors.uncorrected.volatile.total', { kind: 'number', key: 'ecc_uncorrected_volatile' }],
  ['mig.mode.current', { kind: 'text', key: 'mig_mode' }],
  ['vbios_version', { kind: 'text', key: 'vbios_version' }],
  ['serial', { kind: 'text', key: 'serial' }],
  ['display_active', { kind: 'text', key: 'display_active' }],
  ['remapped_rows.pending', { kind: 'text', key: 'row_remap_pending' }],
  ['remapped_rows.failure', { kind: 'text', key: 'row_remap_failure' }],
  ['gpu_recovery_action', { kind: 'text', key: 'recovery_action' }],
])

/** All null: a field that was not asked for stays so. */
export function blankFastValues(): FastValues {
  return {
    index: null,
    uuid: null,
    pci_bus_id: null,
    name: null,
    gpu_utilization: null,
    memory_activity: null,
    memory_total_mb: null,
    memory_used_mb: null,
    memory_available_mb: null,
    temperature_c: null,
    power_watts: null,
    power_limit_watts: null,
    sm_clock_mhz: null,
    sm_clock_max_mhz: null,
    memory_clock_mhz: null,
    pstate: null,
    throttle_mask: null,
  }
}

/** All null: a field that was not asked for stays so. */
export function blankSlowValues(): SlowValues {
  return {
    uuid: null,
    pci_bus_id: null,
    index: null,
    driver_version: null,
    persistence_mode: null,
    compute_mode: null,
    compute_cap: null,
    fan_speed_percent: null,
    memory_temperature_c: null,
    power_default_limit_watts: null,
    pcie_link_gen: null,
    pcie_link_gen_max: null,
    pcie_link_width: null,
    pcie_link_width_max: null,
    ecc_mode: null,
    ecc_corrected_volatile: null,
    ecc_uncorrected_volatile: null,
    mig_mode: null,
    vbios_version: null,
    serial: null,
    display_active: null,
    recovery_action: null,
    row_remap_pending: null,
    row_remap_failure: null,
  }
}

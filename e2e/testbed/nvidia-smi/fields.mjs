/**
 * What `--query-gpu` and `--query-compute-apps` know: names, their aliases, units, and the driver
 * that brought them. The order is that of `--help-query-gpu`.
 *
 * @typedef {object} Field
 * @property {string} name the header's name, whatever alias was asked for
 * @property {string[]} aliases
 * @property {string} [unit]
 * @property {string} absent how it says that there is no value: `[N/A]`, for some a bare `N/A`
 * @property {number} since first driver that offers it
 * @property {string} [before] its name on older drivers
 */

export const NA = '[N/A]'
/** The fields of deprecated features answer with this sentence. */
export const DEPRECATED = '[Requested functionality has been deprecated]'

const REASONS = [
  'gpu_idle',
  'applications_clocks_setting',
  'sw_power_cap',
  'hw_slowdown',
  'hw_thermal_slowdown',
  'hw_power_brake_slowdown',
  'sw_thermal_slowdown',
  'sync_boost',
]
const COUNTED_REASONS = REASONS.filter(
  (reason) => !['gpu_idle', 'applications_clocks_setting', 'hw_slowdown'].includes(reason),
)
const ECC_PLACES =
  'device_memory dram register_file l1_cache l2_cache texture_memory cbu sram total'

/** @param {string} names name and aliases @param {Partial<Field>} [rest] @returns {Field} */
const field = (names, rest = {}) => {
  const [name = '', ...aliases] = names.split(' ')
  return { name, aliases, absent: NA, since: 0, ...rest }
}
/** @param {string} prefix @param {string} names @param {Partial<Field>} [rest] */
const family = (prefix, names, rest) => names.split(' ').map((name) => field(prefix + name, rest))

/** Drivers from 535 on take both names; older ones only know `throttle`. @param {string} reason */
const eventReason = (reason) => {
  const old = `clocks_throttle_reasons.${reason}`
  return field(`clocks_event_reasons.${reason} ${old}`, { since: 535, before: old })
}

const power = { unit: 'W' }
const mhz = { unit: 'MHz' }
const mib = { unit: 'MiB' }
const percent = { unit: '%' }

/** @type {readonly Field[]} */
const GPU_FIELDS = [
  ...family('', 'timestamp driver_version'),
  field('kmd_version', { since: 595 }),
  field('count'),
  field('name gpu_name'),
  field('serial gpu_serial'),
  field('uuid gpu_uuid'),
  field('pci.bus_id gpu_bus_id'),
  ...family('pci.', 'domain bus device device_id sub_device_id'),
  ...family('pcie.link.', 'gen.current gen.gpucurrent gen.max gen.gpumax gen.hostmax'),
  ...family('pcie.link.', 'width.current width.max'),
  ...family('', 'index display_mode display_attached display_active persistence_mode'),
  field('addressing_mode', { since: 535 }),
  ...family('', 'accounting.mode accounting.buffer_size driver_model.current driver_model.pending'),
  field('vbios_version'),
  field('inforom.img inforom.image'),
  ...family('inforom.', 'oem ecc'),
  field('gpu_recovery_action', { since: 570 }),
  field('fan.speed', percent),
  field('pstate'),
  ...['supported', 'active', ...REASONS].map(eventReason),
  ...COUNTED_REASONS.map((reason) =>
    field(`clocks_event_reasons_counters.${reason}`, { unit: 'us', since: 550 }),
  ),
  ...family('memory.', 'total reserved used free', mib),
  ...family('', 'compute_mode compute_cap'),
  ...family('utilization.', 'gpu memory encoder decoder jpeg ofa', percent),
  ...family('encoder.stats.', 'sessionCount averageFps averageLatency'),
  ...family('ecc.mode.', 'current pending'),
  ...['corrected', 'uncorrected'].flatMap((kind) =>
    ['volatile', 'aggregate'].flatMap((span) => family(`ecc.errors.${kind}.${span}.`, ECC_PLACES)),
  ),
  field('retired_pages.single_bit_ecc.count retired_pages.sbe'),
  field('retired_pages.double_bit.count retired_pages.dbe'),
  field('retired_pages.pending'),
  field('remapped_rows.correctable remapped_rows.sbe'),
  field('remapped_rows.uncorrectable remapped_rows.dbe'),
  ...family('remapped_rows.', 'pending failure'),
  field('temperature.gpu'),
  field('temperature.gpu.tlimit', { since: 550 }),
  field('temperature.memory', { absent: 'N/A' }),
  field('power.management'),
  field('power.draw', power),
  field('power.draw.average gpu.power.draw.average', { ...power, since: 535 }),
  field('power.draw.instant gpu.power.draw.instant', { ...power, since: 535 }),
  field('power.limit gpu.power.requested_limit', power),
  field('enforced.power.limit gpu.power.current_limit', power),
  field('power.default_limit gpu.power.default_limit', power),
  field('power.min_limit gpu.power.min_limit', power),
  field('power.max_limit gpu.power.max_limit', power),
  field('clocks.current.graphics clocks.gr', mhz),
  field('clocks.current.sm clocks.sm', mhz),
  field('clocks.current.memory clocks.mem', mhz),
  field('clocks.current.video clocks.video', mhz),
  field('clocks.applications.graphics clocks.applications.gr', mhz),
  field('clocks.applications.memory clocks.applications.mem', mhz),
  field('clocks.default_applications.graphics clocks.default_applications.gr', mhz),
  field('clocks.default_applications.memory clocks.default_applications.mem', mhz),
  field('clocks.max.graphics clocks.max.gr', mhz),
  field('clocks.max.sm', mhz),
  field('clocks.max.memory clocks.max.mem', mhz),
  ...family('', 'mig.mode.current mig.mode.pending'),
  ...family('gsp.mode.', 'current default'),
  ...family('protected_memory.', 'total used free', { ...mib, since: 535 }),
  ...family('fabric.', 'state status', { absent: 'N/A', since: 525 }),
  field('hostname', { since: 590 }),
]

/** @type {readonly Field[]} */
const PROCESS_FIELDS = [
  ...family('', 'timestamp gpu_name gpu_bus_id gpu_serial gpu_uuid pid'),
  field('process_name name'),
  field('used_gpu_memory used_memory', mib),
]

/**
 * The fields that a driver offers under a switch.
 *
 * @param {'query-gpu' | 'query-compute-apps'} kind
 * @param {number} major the driver's first number, e.g. 595
 * @returns {Field[]}
 */
export function offeredFields(kind, major) {
  const all = kind === 'query-gpu' ? GPU_FIELDS : PROCESS_FIELDS
  return all.flatMap((each) => {
    if (major >= each.since) return [each]
    return each.before ? [{ ...each, name: each.before, aliases: [] }] : []
  })
}

/** @param {readonly Field[]} fields @param {string} asked a name or alias */
export function findField(fields, asked) {
  return fields.find(({ name, aliases }) => name === asked || aliases.includes(asked))
}

/** Bits of `clocks_event_reasons.active`. */
export const REASON_BITS = /** @type {Record<string, number>} */ ({
  gpu_idle: 0x1,
  applications_clocks_setting: 0x2,
  sw_power_cap: 0x4,
  hw_slowdown: 0x8,
  sync_boost: 0x10,
  sw_thermal_slowdown: 0x20,
  hw_thermal_slowdown: 0x40,
  hw_power_brake_slowdown: 0x80,
})

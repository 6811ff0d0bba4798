import { DEPRECATED, NA, REASON_BITS } from './fields.mjs'

/**
 * @typedef {import('./fields.mjs').Field} Field
 * @typedef {import('./profiles.mjs').Gpu} Gpu
 * @typedef {import('./profiles.mjs').Profile} Profile
 * @typedef {{profile: Profile, now: Date}} Machine
 */

/** Fields that say what another one says, unless a GPU has its own. */
const SAME_AS = /** @type {Record<string, string>} */ ({
  'clocks.current.graphics': 'clocks.current.sm',
  'clocks.max.graphics': 'clocks.max.sm',
  'ecc.mode.pending': 'ecc.mode.current',
  'enforced.power.limit': 'power.limit',
  'mig.mode.pending': 'mig.mode.current',
  'pcie.link.gen.gpucurrent': 'pcie.link.gen.current',
  'pcie.link.gen.gpumax': 'pcie.link.gen.max',
  'power.default_limit': 'power.limit',
  'power.draw.average': 'power.draw',
  'power.draw.instant': 'power.draw',
  'power.max_limit': 'power.limit',
})

/** Places whose ECC errors are counted; the other ones are not on any part here. */
const COUNTED_ECC = /^ecc\.errors\..*\.(device_memory|dram|sram|total)$/

/** Local time without a zone, as nvidia-smi prints it. @param {Date} now */
function timestamp(now) {
  /** @param {number} value @param {number} [length] */
  const pad = (value, length = 2) => String(value).padStart(length, '0')
  const day = [now.getFullYear(), pad(now.getMonth() + 1), pad(now.getDate())].join('/')
  const time = [pad(now.getHours()), pad(now.getMinutes()), pad(now.getSeconds())].join(':')
  return `${day} ${time}.${pad(now.getMilliseconds(), 3)}`
}

/** One of the mask's reasons in words. @param {string | undefined} mask @param {string} reason */
function reasonState(mask, reason) {
  if (!mask?.startsWith('0x')) return mask
  if (reason === 'supported') return '0x00000000000001FF'
  return Number(mask) & (REASON_BITS[reason] ?? 0) ? 'Active' : 'Not Active'
}

/** What follows from a GPU's other cells; undefined when nothing does. @param {Gpu} gpu @param {string} name */
function derived(gpu, name) {
  const same = SAME_AS[name]
  if (same) return gpu[same]
  const [domain = '', bus = '', device = ''] = (gpu['pci.bus_id'] ?? '').split(/[:.]/)
  if (name === 'pci.domain' && domain) return `0x${domain.slice(-4)}`
  if (name === 'pci.bus' && bus) return `0x${bus}`
  if (name === 'pci.device' && device) return `0x${device}`
  const mask = gpu['clocks_event_reasons.active']
  if (name.startsWith('clocks_event_reasons.')) return reasonState(mask, name.split('.')[1] ?? '')
  if (name.startsWith('clocks_event_reasons_counters.')) return mask?.startsWith('0x') ? '0' : mask
  if (COUNTED_ECC.test(name)) return gpu['ecc.mode.current'] === 'Enabled' ? '0' : undefined
  if (/^remapped_rows\.(un)?correctable$/.test(name)) {
    return gpu['remapped_rows.pending'] === 'No' ? '0' : undefined
  }
  return undefined
}

/**
 * A cell as `nounits` prints it.
 *
 * @param {Machine} machine @param {Gpu} gpu @param {Field} field
 */
export function gpuCell({ profile, now }, gpu, field) {
  // Older drivers only have the old name; the profile always has the new one.
  const name = field.name.replace('clocks_throttle_reasons.', 'clocks_event_reasons.')
  switch (name) {
    case 'timestamp':
      return timestamp(now)
    case 'driver_version':
    case 'kmd_version':
      return profile.driver
    case 'count':
      return String(profile.gpus.length)
    case 'display_mode':
    case 'power.management':
      return Number.parseInt(profile.driver, 10) >= 570 ? DEPRECATED : NA
  }
  return gpu[name] ?? derived(gpu, name) ?? field.absent
}

/** The same fields under the names that `--query-compute-apps` has for them. */
const OF_GPU = /** @type {Record<string, string>} */ ({
  gpu_name: 'name',
  gpu_bus_id: 'pci.bus_id',
  gpu_serial: 'serial',
  gpu_uuid: 'uuid',
})

/**
 * @param {Machine} machine @param {import('./profiles.mjs').Process} process @param {Field} field
 */
export function processCell(machine, process, field) {
  if (field.name === 'pid') return String(process.pid)
  if (field.name === 'process_name') return process.name
  if (field.name === 'used_gpu_memory') return process.memory
  const gpu = machine.profile.gpus[process.gpu] ?? {}
  return gpuCell(machine, gpu, { ...field, name: OF_GPU[field.name] ?? field.name })
}

/** Only numbers have a unit: `[N/A]` stands alone. @param {string} cell @param {string | undefined} unit */
export function withUnit(cell, unit) {
  return unit && /^[\d.]+$/.test(cell) ? `${cell} ${unit}` : cell
}

/**
 * What each kind of GPU answers. Values are invented; which fields a part answers, and in which
 * form it says that it does not, is as real ones do.
 *
 * @typedef {Record<string, string>} Gpu field -> cell as `nounits` prints it
 */
import { DEPRECATED, NA } from './fields.mjs'

export const FAULT_RESET = '[GPU requires reset]'
const NO_REASON = '0x0000000000000000'
export const IDLE = '0x0000000000000001'
export const SW_POWER_CAP = '0x0000000000000004'

/** A number's 32 hex digits in the form of an uuid, the same each time. @param {number} seed */
function hexId(seed) {
  let state = (seed + 1) * 2654435761
  const digits = Array.from({ length: 32 }, () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 374761393) >>> 0
    return (state >>> 11) % 16
  })
  return digits
    .map((digit) => digit.toString(16))
    .join('')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
/** @param {number} seed */
export const gpuUuid = (seed) => `GPU-${hexId(seed)}`
/** @param {number} seed */
export const migUuid = (seed) => `MIG-${hexId(seed)}`

/** What is the same on every GPU with a memory of its own. @type {Gpu} */
const DISCRETE = {
  'accounting.buffer_size': '4000',
  'accounting.mode': 'Disabled',
  addressing_mode: 'None',
  'clocks.applications.graphics': DEPRECATED,
  'clocks.applications.memory': DEPRECATED,
  'clocks_event_reasons.active': NO_REASON,
  compute_mode: 'Default',
  display_active: 'Disabled',
  display_attached: 'No',
  'encoder.stats.averageFps': '0',
  'encoder.stats.averageLatency': '0',
  'encoder.stats.sessionCount': '0',
  gpu_recovery_action: 'None',
  'gsp.mode.current': 'Enabled',
  'gsp.mode.default': 'Enabled',
  persistence_mode: 'Enabled',
  'protected_memory.free': '0',
  'protected_memory.total': '0',
  'protected_memory.used': '0',
  pstate: 'P0',
  'utilization.decoder': '0',
  'utilization.encoder': '0',
  'utilization.jpeg': '0',
  'utilization.ofa': '0',
}

/** @type {Gpu} */
const DATA_CENTRE = {
  ...DISCRETE,
  'ecc.mode.current': 'Enabled',
  'fabric.state': 'Completed',
  'fabric.status': 'Success',
  'mig.mode.current': 'Disabled',
  'remapped_rows.failure': 'No',
  'remapped_rows.pending': 'No',
}

/** @param {number} index @param {string} bus such as `00000000:07:00.0` @param {Gpu} own @returns {Gpu} */
export const a100 = (index, bus, own) => ({
  ...DATA_CENTRE,
  index: String(index),
  uuid: gpuUuid(index),
  'pci.bus_id': bus,
  name: 'NVIDIA A100-SXM4-80GB',
  compute_cap: '8.0',
  serial: `165${index}21000${index}7`,
  vbios_version: '92.00.45.00.03',
  'memory.total': '81920',
  'memory.reserved': '767',
  'power.limit': '400.00',
  'power.min_limit': '100.00',
  // Its power reading is an instant one, not the average of a second that other parts give.
  'power.draw.average': NA,
  'clocks.max.sm': '1410',
  'clocks.current.memory': '1593',
  'clocks.max.memory': '1593',
  'pcie.link.gen.current': '4',
  'pcie.link.gen.max': '4',
  'pcie.link.width.current': '16',
  'pcie.link.width.max': '16',
  ...own,
})

/** @param {number} seed of its uuid @param {Gpu} own @returns {Gpu} */
export const h100 = (seed, own) => ({
  ...DATA_CENTRE,
  index: '0',
  uuid: gpuUuid(seed),
  'pci.bus_id': '00000000:00:09.0',
  name: 'NVIDIA H100 80GB HBM3',
  compute_cap: '9.0',
  serial: `16531230${seed}0044`,
  vbios_version: '96.00.89.00.01',
  'memory.total': '81559',
  'memory.reserved': '479',
  'power.limit': '700.00',
  'power.min_limit': '200.00',
  'clocks.max.sm': '1980',
  'clocks.current.memory': '2619',
  'clocks.max.memory': '2619',
  'pcie.link.gen.current': '5',
  'pcie.link.gen.max': '5',
  'pcie.link.width.current': '16',
  'pcie.link.width.max': '16',
  ...own,
})

/** Shares the machine's memory: it has no memory fields, and no limit of power. @param {Gpu} own @returns {Gpu} */
export const gb10 = (own) => ({
  ...DISCRETE,
  index: '0',
  uuid: gpuUuid(40),
  'pci.bus_id': '0000000F:01:00.0',
  name: 'NVIDIA GB10',
  compute_cap: '12.1',
  addressing_mode: 'ATS',
  vbios_version: '9A.0B.17.00.00',
  'utilization.memory': '0',
  'clocks.max.sm': '3003',
  'clocks.applications.graphics': '2418',
  'protected_memory.free': NA,
  'protected_memory.total': NA,
  'protected_memory.used': NA,
  // On the same package: these numbers say nothing.
  'pcie.link.gen.current': '1',
  'pcie.link.gen.max': '1',
  'pcie.link.width.current': '1',
  'pcie.link.width.max': '1',
  ...own,
})

/** @param {Gpu} own @returns {Gpu} */
export const rtx4090 = (own) => ({
  ...DISCRETE,
  index: '0',
  uuid: gpuUuid(30),
  'pci.bus_id': '00000000:0C:00.0',
  name: 'NVIDIA GeForce RTX 4090',
  compute_cap: '8.9',
  addressing_mode: 'HMM',
  persistence_mode: 'Disabled',
  display_active: 'Enabled',
  display_attached: 'Yes',
  vbios_version: '95.02.3C.40.11',
  'memory.total': '24564',
  'memory.reserved': '512',
  'power.limit': '450.00',
  'power.min_limit': '150.00',
  'power.max_limit': '600.00',
  'clocks.max.sm': '3105',
  'clocks.max.memory': '10501',
  'pcie.link.gen.current': '4',
  'pcie.link.gen.max': '4',
  'pcie.link.width.current': '16',
  'pcie.link.width.max': '16',
  ...own,
})

/** A Jetson's nvidia-smi exists, knows the name, and answers nothing else. @returns {Gpu} */
export const orin = () => ({
  index: '0',
  uuid: NA,
  'pci.bus_id': NA,
  name: 'Orin (nvgpu)',
  'power.management': NA,
})

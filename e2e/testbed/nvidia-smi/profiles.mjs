/**
 * Machines that the stand-in plays. Values are invented; which fields a part answers, and in which
 * form of "not available", is as real ones do.
 *
 * @typedef {{pid: number, gpu: number, name: string, memory: string}} Process
 * @typedef {Record<string, string>} Gpu field -> what `nounits` prints, e.g. '81559' or '[N/A]'
 * @typedef {object} Profile
 * @property {string} driver
 * @property {Gpu[]} gpus
 * @property {Process[]} processes
 * @property {number[]} [lost] places of GPUs that fell off the bus
 * @property {{exit: number, stdout?: string, stderr?: string}} [failure] nothing else is answered
 * @property {boolean} [hangs]
 */

const NA = '[N/A]'

/** @param {number} seed */
const uuid = (seed) => {
  const hex = (/** @type {number} */ n) =>
    ((seed + 1) * 2654435761 * n).toString(16).replace('.', '').padEnd(12, '7')
  return `GPU-${hex(1).slice(0, 8)}-${hex(3).slice(0, 4)}-${hex(5).slice(0, 4)}-${hex(7).slice(0, 4)}-${hex(11).slice(0, 12)}`
}

/** What every data-centre GPU answers. @param {number} i @param {string} bus @param {Gpu} own @returns {Gpu} */
const gpu = (i, bus, own) => ({
  index: String(i),
  uuid: uuid(i),
  'pci.bus_id': bus,
  persistence_mode: 'Enabled',
  compute_mode: 'Default',
  'fan.speed': NA,
  'clocks.mem': '1593',
  'clocks.max.memory': '1593',
  pstate: 'P0',
  'clocks_event_reasons.active': '0x0000000000000000',
  'temperature.memory': 'N/A',
  'pcie.link.gen.current': '4',
  'pcie.link.gen.max': '4',
  'pcie.link.width.current': '16',
  'pcie.link.width.max': '16',
  'ecc.mode.current': 'Enabled',
  'ecc.errors.corrected.volatile.total': '0',
  'ecc.errors.uncorrected.volatile.total': '0',
  'mig.mode.current': 'Disabled',
  vbios_version: '92.00.45.00.03',
  serial: `165${i}21000${i}7`,
  display_active: 'Disabled',
  'remapped_rows.pending': 'No',
  'remapped_rows.failure': 'No',
  gpu_recovery_action: 'None',
  ...own,
})

/** @param {Gpu} own */
const gb10 = (own) =>
  gpu(40, '0000000F:01:00.0', {
    index: '0',
    name: 'NVIDIA GB10',
    compute_cap: '12.1',
    'memory.total': NA,
    'memory.used': NA,
    'memory.free': NA,
    'utilization.memory': '0',
    'power.limit': NA,
    'power.default_limit': NA,
    'enforced.power.limit': NA,
    'clocks.max.sm': '3003',
    'clocks.mem': NA,
    'clocks.max.memory': NA,
    'temperature.memory': NA,
    'pcie.link.gen.current': '1',
    'pcie.link.gen.max': '1',
    'pcie.link.width.current': '1',
    'pcie.link.width.max': '1',
    'ecc.mode.current': NA,
    'ecc.errors.corrected.volatile.total': NA,
    'ecc.errors.uncorrected.volatile.total': NA,
    'mig.mode.current': NA,
    'remapped_rows.pending': NA,
    'remapped_rows.failure': NA,
    serial: NA,
    ...own,
  })

const A100_BUSES = ['07', '0F', '47', '4E', '87', '90', 'B7', 'BD']
/** Utilisation %, memory MiB, temperature C, power W of eight A100s under mixed load. */
const A100_LOAD = [
  [98, 74210, 61, 389.12],
  [97, 74210, 59, 381.4],
  [64, 21034, 48, 243.77],
  [0, 4, 31, 57.05],
  [100, 60122, 63, 397.9],
  [12, 38212, 41, 121.36],
  [0, 4, 30, 55.8],
  [0, 4, 32, 58.43],
]

const a100s = () =>
  A100_LOAD.map(([util = 0, memory = 0, temperature = 0, power = 0], i) =>
    gpu(i, `00000000:${A100_BUSES[i]}:00.0`, {
      name: 'NVIDIA A100-SXM4-80GB',
      compute_cap: '8.0',
      'utilization.gpu': String(util),
      'utilization.memory': String(Math.round(util / 2)),
      'memory.total': '81920',
      'memory.used': String(memory),
      'memory.free': String(81153 - memory),
      'memory.reserved': '767',
      'temperature.gpu': String(temperature),
      'power.draw': power.toFixed(2),
      'power.limit': '400.00',
      'power.default_limit': '400.00',
      'enforced.power.limit': '400.00',
      'clocks.sm': util > 0 ? '1395' : '210',
      'clocks.max.sm': '1410',
      'clocks_event_reasons.active':
        util > 95 ? '0x0000000000000004' : util === 0 ? '0x0000000000000001' : '0x0000000000000000',
      'temperature.memory': String(temperature - 3),
    }),
  )

const a100Processes = () => [
  { pid: 41001, gpu: 0, name: '/opt/conda/bin/python3.11', memory: '74201' },
  { pid: 41002, gpu: 1, name: '/opt/conda/bin/python3.11', memory: '74201' },
  { pid: 42517, gpu: 2, name: '/home/mia/venv/bin/python', memory: '21025' },
  { pid: 43808, gpu: 4, name: 'VLLM::EngineCore', memory: '60113' },
  { pid: 44120, gpu: 5, name: 'python', memory: '38203' },
]

/** @type {Gpu} */
const H100 = {
  name: 'NVIDIA H100 80GB HBM3',
  compute_cap: '9.0',
  'memory.total': '81559',
  'memory.reserved': '479',
  'power.limit': '700.00',
  'power.default_limit': '700.00',
  'enforced.power.limit': '700.00',
  'clocks.max.sm': '1980',
  'clocks.mem': '2619',
  'clocks.max.memory': '2619',
  'pcie.link.gen.current': '5',
  'pcie.link.gen.max': '5',
}

const JETSON_FIELDS = { index: '0', uuid: NA, 'pci.bus_id': NA, name: 'Orin (nvgpu)' }

/** @type {Record<string, () => Profile>} */
const PROFILES = {
  'gb10-idle': () => ({
    driver: '580.126.09',
    gpus: [
      gb10({
        'utilization.gpu': '0',
        'temperature.gpu': '37',
        'power.draw': '4.21',
        pstate: 'P8',
        'clocks.sm': '208',
        'clocks_event_reasons.active': '0x0000000000000001',
      }),
    ],
    processes: [],
  }),
  'gb10-busy': () => ({
    driver: '580.126.09',
    gpus: [
      gb10({
        'utilization.gpu': '95',
        'temperature.gpu': '79',
        'power.draw': '58.30',
        'clocks.sm': '2411',
      }),
    ],
    processes: [
      { pid: 8120, gpu: 0, name: 'python3', memory: '412' },
      { pid: 9377, gpu: 0, name: 'sglang::scheduler', memory: '71240' },
    ],
  }),
  'gb10-latched': () => ({
    driver: '580.126.09',
    gpus: [
      gb10({
        'utilization.gpu': '94',
        'temperature.gpu': '51',
        'power.draw': '13.87',
        'clocks.sm': '672',
      }),
    ],
    processes: [{ pid: 9377, gpu: 0, name: 'sglang::scheduler', memory: '71240' }],
  }),
  a100x8: () => ({ driver: '595.71.05', gpus: a100s(), processes: a100Processes() }),
  'h100-idle': () => ({
    driver: '590.48.01',
    gpus: [
      gpu(20, '00000000:00:09.0', {
        ...H100,
        index: '0',
        'utilization.gpu': '0',
        'utilization.memory': '0',
        'memory.used': '0',
        'memory.free': '81081',
        'temperature.gpu': '38',
        'temperature.memory': '45',
        'power.draw': '68.02',
        'clocks.sm': '345',
        'clocks_event_reasons.active': '0x0000000000000001',
      }),
    ],
    processes: [],
  }),
  'h100-mig': () => ({
    driver: '590.48.01',
    gpus: [
      gpu(21, '00000000:00:09.0', {
        ...H100,
        index: '0',
        'utilization.gpu': NA,
        'utilization.memory': NA,
        'memory.used': '12048',
        'memory.free': '69032',
        'temperature.gpu': '52',
        'temperature.memory': '58',
        'power.draw': '411.20',
        'clocks.sm': '1980',
        'mig.mode.current': 'Enabled',
      }),
    ],
    processes: [{ pid: 5150, gpu: 0, name: 'python3', memory: '11010' }],
  }),
  'rtx-610': () => ({
    driver: '610.57.04',
    gpus: [
      gpu(30, '00000000:0C:00.0', {
        index: '0',
        name: 'NVIDIA GeForce RTX 4090',
        compute_cap: '8.9',
        persistence_mode: 'Disabled',
        pstate: 'P2',
        display_active: 'Enabled',
        'utilization.gpu': '31',
        'utilization.memory': '9',
        'memory.total': '24564',
        'memory.reserved': '512',
        'memory.used': '3120',
        'memory.free': '20932',
        'temperature.gpu': '55',
        'power.draw': '142.75',
        'power.limit': '450.00',
        'power.default_limit': '450.00',
        'enforced.power.limit': '450.00',
        'fan.speed': '38',
        'clocks.sm': '2520',
        'clocks.max.sm': '3105',
        'clocks.mem': '10251',
        'ecc.mode.current': NA,
        'ecc.errors.corrected.volatile.total': NA,
        'ecc.errors.uncorrected.volatile.total': NA,
        'mig.mode.current': NA,
        'remapped_rows.pending': NA,
        'remapped_rows.failure': NA,
        serial: NA,
      }),
    ],
    processes: [{ pid: 2240, gpu: 0, name: '/usr/bin/blender', memory: '2810' }],
  }),
  'one-lost-of-eight': () => ({
    driver: '595.71.05',
    gpus: a100s(),
    processes: a100Processes(),
    lost: [3],
  }),
  'requires-reset': () => ({
    driver: '590.48.01',
    gpus: [
      gpu(22, '00000000:00:09.0', {
        ...H100,
        index: '0',
        'utilization.gpu': '[GPU requires reset]',
        'utilization.memory': '[GPU requires reset]',
        'memory.used': '0',
        'memory.free': '0',
        'temperature.gpu': '[GPU requires reset]',
        'power.draw': '[GPU requires reset]',
        pstate: '[GPU requires reset]',
        'clocks.sm': '[GPU requires reset]',
        gpu_recovery_action: 'GPU Reset',
      }),
    ],
    processes: [],
  }),
  jetson: () => ({ driver: '540.4.0', gpus: [JETSON_FIELDS], processes: [] }),
  hostile: () => ({
    driver: '595.71.05',
    gpus: a100s().slice(0, 2),
    processes: [
      { pid: 7001, gpu: 0, name: '/tmp/a, b, 99, c', memory: '100' },
      { pid: 7002, gpu: 0, name: '--- \'quoted\' "twice" $(id)', memory: '200' },
      { pid: 7003, gpu: 1, name: '\u001b[31mрусский\u001b[0m 日本', memory: NA },
    ],
  }),
  'driver-mismatch': () => ({
    driver: '595.84',
    gpus: [],
    processes: [],
    failure: {
      exit: 18,
      stderr:
        'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 595.84\n',
    },
  }),
  'driver-not-loaded': () => ({
    driver: '',
    gpus: [],
    processes: [],
    failure: {
      exit: 9,
      stdout:
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n\n",
    },
  }),
  'no-devices': () => ({
    driver: '590.48.01',
    gpus: [],
    processes: [],
    failure: { exit: 6, stdout: 'No devices were found\n' },
  }),
  hanging: () => ({ driver: '590.48.01', gpus: [], processes: [], hangs: true }),
}

/** @param {string} name @returns {Profile} */
export function findProfile(name) {
  const make = PROFILES[name]
  if (!make) throw new Error(`No profile ${name}; there are ${Object.keys(PROFILES).join(', ')}`)
  return make()
}

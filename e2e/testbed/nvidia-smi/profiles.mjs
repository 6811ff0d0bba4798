/**
 * The machines that the stand-in plays.
 *
 * @typedef {import('./models.mjs').Gpu} Gpu
 * @typedef {object} Process
 * @property {number} pid
 * @property {number} gpu place of its GPU in the profile
 * @property {string} name
 * @property {string} memory MiB, as a cell
 * @property {'C' | 'G'} [type] computes (default) or draws
 * @property {number} [gpuInstance] of MIG
 *
 * @typedef {object} MigInstance
 * @property {number} gpu place of its GPU @property {string} profile such as `3g.40gb`
 * @property {string} uuid @property {number} gpuInstance @property {number} multiprocessors
 * @property {number} memoryTotal MiB @property {number} memoryUsed MiB
 *
 * @typedef {object} Profile
 * @property {string} driver
 * @property {Gpu[]} gpus
 * @property {Process[]} processes
 * @property {MigInstance[]} [mig]
 * @property {number[]} [lost] places of GPUs that fell off the bus
 * @property {{exit: number, stdout?: string, stderr?: string}} [failure] nothing else is answered
 * @property {boolean} [hangs] never answers
 */
import { EXIT } from './exit-codes.mjs'
import { NA } from './fields.mjs'
import {
  a100,
  FAULT_RESET,
  gb10,
  h100,
  IDLE,
  migUuid,
  orin,
  rtx4090,
  SW_POWER_CAP,
} from './models.mjs'

/** Bus, utilisation %, memory MiB, temperature C, power W of eight A100s under mixed load. */
const A100_LOAD = /** @type {const} */ ([
  ['07', 98, 74210, 61, 389.12],
  ['0F', 97, 74210, 59, 381.4],
  ['47', 64, 21034, 48, 243.77],
  ['4E', 0, 4, 31, 57.05],
  ['87', 100, 60122, 63, 397.9],
  ['90', 12, 38212, 41, 121.36],
  ['B7', 0, 4, 30, 55.8],
  ['BD', 0, 4, 32, 58.43],
])

const a100s = () =>
  A100_LOAD.map(([bus, utilization, memory, temperature, power], i) =>
    a100(i, `00000000:${bus}:00.0`, {
      'utilization.gpu': String(utilization),
      'utilization.memory': String(Math.round(utilization / 2)),
      'memory.used': String(memory),
      'memory.free': String(81153 - memory),
      'temperature.gpu': String(temperature),
      'temperature.memory': String(temperature - 3),
      'power.draw': power.toFixed(2),
      'clocks.current.sm': utilization > 0 ? '1395' : '210',
      'clocks_event_reasons.active':
        utilization === 0 ? IDLE : utilization > 95 ? SW_POWER_CAP : '0x0000000000000000',
    }),
  )

const a100Processes = () => [
  { pid: 41001, gpu: 0, name: '/opt/conda/bin/python3.11', memory: '74201' },
  { pid: 41002, gpu: 1, name: '/opt/conda/bin/python3.11', memory: '74201' },
  { pid: 42517, gpu: 2, name: '/home/mia/venv/bin/python', memory: '21025' },
  { pid: 43808, gpu: 4, name: 'VLLM::EngineCore', memory: '60113' },
  { pid: 44120, gpu: 5, name: 'python', memory: '38203' },
]

/** @param {Gpu} own @param {Process[]} [processes] @returns {Profile} */
const spark = (own, processes = []) => ({ driver: '580.126.09', gpus: [gb10(own)], processes })

const server = { name: 'sglang::scheduler', memory: '71240', pid: 9377, gpu: 0 }

/** @param {number} exit @param {{stdout?: string, stderr?: string}} said @returns {Profile} */
const failing = (exit, said) => ({
  driver: '595.84',
  gpus: [],
  processes: [],
  failure: { exit, ...said },
})

/** @param {number} place @param {string} profile @param {number} total @param {number} used @param {number} multiprocessors @returns {MigInstance} */
const instance = (place, profile, total, used, multiprocessors) => ({
  gpu: 0,
  profile,
  uuid: migUuid(60 + place),
  gpuInstance: [2, 5, 11, 12][place] ?? 0,
  multiprocessors,
  memoryTotal: total,
  memoryUsed: used,
})

/** @type {Record<string, () => Profile>} */
const PROFILES = {
  'gb10-idle': () =>
    spark({
      'utilization.gpu': '0',
      'temperature.gpu': '37',
      'power.draw': '4.21',
      pstate: 'P8',
      'clocks.current.sm': '208',
      'clocks_event_reasons.active': IDLE,
    }),
  'gb10-busy': () =>
    spark(
      {
        'utilization.gpu': '95',
        'temperature.gpu': '79',
        'power.draw': '58.30',
        'clocks.current.sm': '2411',
      },
      [
        { pid: 8120, gpu: 0, name: 'python3', memory: '412' },
        server,
        { pid: 3022, gpu: 0, name: '/usr/lib/xorg/Xorg', memory: '166', type: 'G' },
      ],
    ),
  // Busy and slow, with no reason given: a fault of its power supply's controller.
  'gb10-latched': () =>
    spark(
      {
        'utilization.gpu': '94',
        'temperature.gpu': '51',
        'power.draw': '13.87',
        'clocks.current.sm': '672',
      },
      [server],
    ),
  a100x8: () => ({ driver: '595.71.05', gpus: a100s(), processes: a100Processes() }),
  // A driver from before the throttle reasons were renamed to event reasons.
  'a100-525': () => ({
    driver: '525.147.05',
    gpus: a100s().slice(0, 1),
    processes: a100Processes().slice(0, 1),
  }),
  'h100-idle': () => ({
    driver: '590.48.01',
    gpus: [
      h100(20, {
        'utilization.gpu': '0',
        'utilization.memory': '0',
        'memory.used': '0',
        'memory.free': '81081',
        'temperature.gpu': '38',
        'temperature.memory': '45',
        'power.draw': '68.02',
        'clocks.current.sm': '345',
        'clocks_event_reasons.active': IDLE,
      }),
    ],
    processes: [],
  }),
  'h100-mig': () => ({
    driver: '590.48.01',
    gpus: [
      h100(21, {
        'utilization.gpu': NA,
        'utilization.memory': NA,
        'utilization.encoder': NA,
        'utilization.decoder': NA,
        'utilization.jpeg': NA,
        'utilization.ofa': NA,
        'memory.used': '12048',
        'memory.free': '69032',
        'temperature.gpu': '52',
        'temperature.memory': '58',
        'power.draw': '411.20',
        'clocks.current.sm': '1980',
        'mig.mode.current': 'Enabled',
      }),
    ],
    mig: [
      instance(0, '3g.40gb', 40448, 11466, 60),
      instance(1, '2g.20gb', 20096, 288, 32),
      instance(2, '1g.10gb', 9984, 147, 16),
      instance(3, '1g.10gb', 9984, 147, 16),
    ],
    processes: [{ pid: 5150, gpu: 0, name: 'python3', memory: '11010', gpuInstance: 2 }],
  }),
  'rtx-610': () => ({
    driver: '610.57.04',
    gpus: [
      rtx4090({
        pstate: 'P2',
        'utilization.gpu': '31',
        'utilization.memory': '9',
        'memory.used': '3120',
        'memory.free': '20932',
        'temperature.gpu': '55',
        'power.draw': '142.75',
        'fan.speed': '38',
        'clocks.current.sm': '2520',
        'clocks.current.memory': '10251',
      }),
    ],
    processes: [
      { pid: 2240, gpu: 0, name: '/usr/bin/blender', memory: '2810' },
      { pid: 1377, gpu: 0, name: '/usr/lib/xorg/Xorg', memory: '214', type: 'G' },
    ],
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
      h100(22, {
        'utilization.gpu': FAULT_RESET,
        'utilization.memory': FAULT_RESET,
        'memory.used': '0',
        'memory.free': '0',
        'temperature.gpu': FAULT_RESET,
        'temperature.memory': FAULT_RESET,
        'power.draw': FAULT_RESET,
        pstate: FAULT_RESET,
        'clocks.current.sm': FAULT_RESET,
        'clocks_event_reasons.active': FAULT_RESET,
        gpu_recovery_action: 'GPU Reset',
      }),
    ],
    processes: [],
  }),
  jetson: () => ({ driver: '540.4.0', gpus: [orin()], processes: [] }),
  // Names that look like rows, separators, shell, colours and another alphabet.
  hostile: () => ({
    driver: '595.71.05',
    gpus: a100s().slice(0, 2),
    processes: [
      { pid: 7001, gpu: 0, name: '/tmp/a, b, 99, c', memory: '100' },
      { pid: 7002, gpu: 0, name: '--- \'quoted\' "twice" $(id)', memory: '200' },
      { pid: 7003, gpu: 1, name: '\u001b[31mрусский\u001b[0m 日本', memory: NA },
      { pid: 7004, gpu: 1, name: '<b>&amp;</b> `id`; rm -rf "$HOME"', memory: '300' },
    ],
  }),
  'driver-mismatch': () =>
    failing(EXIT.libraryMismatch, {
      stderr:
        'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 595.84\n',
    }),
  'driver-not-loaded': () =>
    failing(EXIT.driverNotLoaded, {
      stdout:
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n\n",
    }),
  'library-missing': () =>
    failing(EXIT.libraryNotFound, {
      stdout:
        "NVIDIA-SMI couldn't find libnvidia-ml.so library in your system. Please make sure that the NVIDIA Display Driver is properly installed and present in your system.\nPlease also try adding directory that contains libnvidia-ml.so to your system PATH.\n\n",
    }),
  'no-devices': () => failing(EXIT.notFound, { stdout: 'No devices were found\n' }),
  'only-gpu-lost': () =>
    failing(EXIT.gpuLost, {
      stdout:
        'Unable to determine the device handle for GPU0000:3B:00.0: GPU is lost.  Reboot the system to recover this GPU\n',
    }),
  hanging: () => ({ driver: '590.48.01', gpus: [], processes: [], hangs: true }),
}

/** Every profile's name; `missing`, a machine without the program, is made by its PATH. */
export const profileNames = Object.keys(PROFILES)

/** @param {string} name @returns {Profile} */
export function findProfile(name) {
  const make = PROFILES[name]
  if (!make) throw new Error(`No profile ${name}; there are ${profileNames.join(', ')}`)
  return make()
}

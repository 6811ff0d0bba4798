/**
 * Answers as nvidia-smi does, for the machine that `DGX_TESTBED_PROFILE`, or the file `profile` in
 * `DGX_TESTBED_STATE`, names. A file `pids` there (JSON list of processes) replaces the recorded
 * processes, so that a test can point at live ones.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { findProfile } from './profiles.mjs'

const UNITS = /** @type {Record<string, string>} */ ({
  'utilization.gpu': '%',
  'utilization.memory': '%',
  'fan.speed': '%',
  'memory.total': 'MiB',
  'memory.used': 'MiB',
  'memory.free': 'MiB',
  'memory.reserved': 'MiB',
  used_memory: 'MiB',
  used_gpu_memory: 'MiB',
  'power.draw': 'W',
  'power.draw.instant': 'W',
  'power.limit': 'W',
  'power.default_limit': 'W',
  'enforced.power.limit': 'W',
  'clocks.sm': 'MHz',
  'clocks.mem': 'MHz',
  'clocks.max.sm': 'MHz',
  'clocks.max.memory': 'MHz',
})

/** Names that mean the same field. */
const ALIASES = /** @type {Record<string, string>} */ ({
  'clocks_throttle_reasons.active': 'clocks_event_reasons.active',
  'clocks.current.sm': 'clocks.sm',
  'clocks.current.memory': 'clocks.mem',
  gpu_uuid: 'uuid',
  gpu_bus_id: 'pci.bus_id',
  gpu_name: 'name',
  'power.draw.instant': 'power.draw',
})

const FIELDS = [
  'timestamp',
  'driver_version',
  'count',
  'index',
  'uuid',
  'pci.bus_id',
  'name',
  'compute_cap',
  'compute_mode',
  'persistence_mode',
  'pstate',
  'utilization.gpu',
  'utilization.memory',
  'memory.total',
  'memory.reserved',
  'memory.used',
  'memory.free',
  'temperature.gpu',
  'temperature.memory',
  'power.draw',
  'power.limit',
  'power.default_limit',
  'enforced.power.limit',
  'fan.speed',
  'clocks.sm',
  'clocks.mem',
  'clocks.max.sm',
  'clocks.max.memory',
  'clocks_event_reasons.active',
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
  ...Object.keys(ALIASES),
]

/** Fields that came with a driver. */
const SINCE = /** @type {Record<string, number>} */ ({ gpu_recovery_action: 570, kmd_version: 595 })

const state = process.env.DGX_TESTBED_STATE
/** @param {string} name */
const stateFile = (name) => {
  const file = state ? path.join(state, name) : ''
  return file && existsSync(file) ? readFileSync(file, 'utf8').trim() : null
}
const profile = findProfile(process.env.DGX_TESTBED_PROFILE ?? stateFile('profile') ?? 'a100x8')
const pids = stateFile('pids')
if (pids) profile.processes = JSON.parse(pids)
const major = Number.parseInt(profile.driver, 10) || 0

/** @param {number} code @param {string} [text] @returns {never} */
function exit(code, text = '') {
  process.stdout.write(text)
  process.exit(code)
}

/** @param {string} name */
const value = (name) => {
  const flag = process.argv.find((arg) => arg.startsWith(`${name}=`))
  if (flag) return flag.slice(name.length + 1)
  const at = process.argv.indexOf(name)
  return at < 0 ? undefined : (process.argv[at + 1] ?? '')
}
/** @param {string} name */
const has = (name) => process.argv.some((arg) => arg === name || arg.startsWith(`${name}=`))

/** @param {string} field */
function isOffered(field) {
  const since = SINCE[field]
  return since === undefined ? FIELDS.includes(field) : major >= since
}

/** @param {import('./profiles.mjs').Gpu} gpu @param {string} field */
function cell(gpu, field) {
  const name = ALIASES[field] ?? field
  if (name === 'driver_version' || name === 'kmd_version') return profile.driver
  if (name === 'count') return String(profile.gpus.length)
  if (name === 'timestamp')
    return new Date().toISOString().replace(/-/g, '/').replace('T', ' ').replace('Z', '')
  return gpu[name] ?? '[N/A]'
}

/** @param {string} text @param {string} field @param {boolean} withUnits */
function withUnit(text, field, withUnits) {
  const unit = UNITS[field] ?? UNITS[ALIASES[field] ?? '']
  return withUnits && unit && /^[\d.]+$/.test(text) ? `${text} ${unit}` : text
}

const format = (value('--format') ?? '').split(',')
const withHeader = !format.includes('noheader')
const withUnits = !format.includes('nounits')

/** @param {readonly string[]} fields */
function refuseUnknown(fields) {
  for (const field of fields) {
    if (!isOffered(field)) exit(2, `Field "${field}" is not a valid field to query.\n\n`)
  }
}

/** @param {readonly string[]} fields */
function header(fields) {
  return `${fields.map((field) => (withUnits && UNITS[field] ? `${field} [${UNITS[field]}]` : field)).join(', ')}\n`
}

const chosen = value('-i') ?? value('--id')
const gpus = profile.gpus
  .map((gpu, place) => ({ gpu, place }))
  .filter(
    ({ gpu }) =>
      !chosen ||
      [gpu.index, gpu.uuid, gpu['pci.bus_id']].some((id) => chosen.split(',').includes(String(id))),
  )

/** One answer to --query-gpu; the exit code. @param {readonly string[]} fields */
function queryGpus(fields) {
  let code = 0
  for (const { gpu, place } of gpus) {
    if (profile.lost?.includes(place)) {
      code = 15
      process.stdout.write(
        `Unable to determine the device handle for GPU${String(gpu['pci.bus_id']).replace(/^0000(?=0000)/, '')}: Unknown Error\n`,
      )
      process.stdout.write(`${fields.map(() => '[Unknown Error]').join(', ')}\n`)
      continue
    }
    process.stdout.write(
      `${fields.map((field) => withUnit(cell(gpu, field), field, withUnits)).join(', ')}\n`,
    )
  }
  return code
}

/** @param {readonly string[]} fields */
function queryProcesses(fields) {
  for (const process_ of profile.processes) {
    const gpu = profile.gpus[process_.gpu] ?? {}
    const cells = fields.map((field) => {
      if (field === 'pid') return String(process_.pid)
      if (field === 'process_name' || field === 'name') return process_.name
      if (field === 'used_memory' || field === 'used_gpu_memory')
        return withUnit(process_.memory, 'used_memory', withUnits)
      return cell(gpu, field)
    })
    process.stdout.write(`${cells.join(', ')}\n`)
  }
  return 0
}

/** @param {() => number} once */
function repeat(once) {
  const seconds = value('-l') ?? value('--loop')
  const milliseconds = value('-lms') ?? value('--loop-ms')
  const every = milliseconds ? Number(milliseconds) : seconds ? Number(seconds) * 1000 : 0
  process.exitCode = once()
  if (every > 0) setInterval(once, every)
}

process.stdout.on('error', () => process.exit(0))
if (profile.hangs) {
  process.on('SIGTERM', () => {})
  setInterval(() => {}, 60_000)
} else if (profile.failure) {
  process.stderr.write(profile.failure.stderr ?? '')
  exit(profile.failure.exit, profile.failure.stdout)
} else if (has('--help-query-gpu')) {
  exit(
    0,
    `List of valid properties to query for the switch "--query-gpu=":\n\n${[...FIELDS, ...Object.keys(SINCE).filter(isOffered)].map((field) => `"${field}"\nWhat ${field} says.\n\n`).join('')}`,
  )
} else if (has('--version')) {
  exit(
    0,
    `NVIDIA-SMI version  : ${profile.driver}\nNVML version        : ${profile.driver.split('.').slice(0, 2).join('.')}\nDRIVER version      : ${major >= 610 ? 'Deprecated, see "KMD version" instead' : profile.driver}\nCUDA Version        : 13.0\n`,
  )
} else if (has('-L') || has('--list-gpus')) {
  const lines = gpus.map(({ gpu, place }) =>
    profile.lost?.includes(place)
      ? `Unable to determine the device handle for GPU ${gpu['pci.bus_id']}: Unknown Error`
      : `GPU ${gpu.index}: ${gpu.name} (UUID: ${gpu.uuid})`,
  )
  exit(0, `${lines.join('\n')}\n`)
} else if (has('--query-gpu')) {
  const fields = (value('--query-gpu') ?? '').split(',')
  refuseUnknown(fields)
  if (withHeader) process.stdout.write(header(fields))
  repeat(() => queryGpus(fields))
} else if (has('--query-compute-apps')) {
  const fields = (value('--query-compute-apps') ?? '').split(',')
  if (withHeader) process.stdout.write(header(fields))
  repeat(() => queryProcesses(fields))
} else if (has('-q') && has('-x')) {
  const items = gpus.map(
    ({ gpu }) =>
      `\t<gpu id="${gpu['pci.bus_id']}">\n\t\t<product_name>${gpu.name}</product_name>\n\t\t<uuid>${gpu.uuid}</uuid>\n\t\t<fb_memory_usage>\n\t\t\t<total>${withUnit(String(gpu['memory.total']), 'memory.total', true)}</total>\n\t\t\t<used>${withUnit(String(gpu['memory.used']), 'memory.used', true)}</used>\n\t\t</fb_memory_usage>\n\t</gpu>`,
  )
  exit(
    0,
    `<?xml version="1.0" ?>\n<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v13.dtd">\n<nvidia_smi_log>\n\t<driver_version>${profile.driver}</driver_version>\n\t<attached_gpus>${profile.gpus.length}</attached_gpus>\n${items.join('\n')}\n</nvidia_smi_log>\n`,
  )
} else {
  const rows = gpus.map(
    ({ gpu }) =>
      `|   ${gpu.index}  ${String(gpu.name).padEnd(30)} ${String(gpu['temperature.gpu']).padStart(4)}C ${String(gpu['power.draw']).padStart(8)}W  ${String(gpu['memory.used']).padStart(7)}MiB / ${String(gpu['memory.total']).padStart(6)}MiB  ${String(gpu['utilization.gpu']).padStart(4)}% |`,
  )
  exit(
    0,
    `| NVIDIA-SMI ${profile.driver}   Driver Version: ${profile.driver} |\n${rows.join('\n')}\n`,
  )
}

/**
 * What nvidia-smi answers, as a function of its arguments and the machine: no clock, no files, no
 * process, so that a simulated machine can answer without starting a program.
 */
import { readArguments } from './arguments.mjs'
import { queryGpus, queryProcesses } from './csv.mjs'
import { EXIT } from './exit-codes.mjs'
import { offeredFields } from './fields.mjs'
import { list } from './list.mjs'
import { table } from './table.mjs'
import { xml } from './xml.mjs'

/**
 * @typedef {import('./cells.mjs').Machine} Machine
 * @typedef {{stdout: string, stderr: string, exitCode: number}} Answer
 */

/** @param {string} stdout @param {number} [exitCode] @returns {Answer} */
const say = (stdout, exitCode = EXIT.ok) => ({ stdout, stderr: '', exitCode })

/** The GPUs that `-i` names by index, uuid or bus id; all without it. @param {Machine} machine @param {string | undefined} id */
function choose({ profile }, id) {
  const ids = id?.toLowerCase().split(',')
  return profile.gpus
    .map((gpu, place) => ({ gpu, place, isLost: profile.lost?.includes(place) ?? false }))
    .filter(({ gpu }) => {
      const bus = gpu['pci.bus_id']?.toLowerCase() ?? ''
      const names = [gpu.index, gpu.uuid?.toLowerCase(), bus, bus.replace(/^0000/, '')]
      return !ids || names.some((name) => name && ids.includes(name))
    })
}
/** @typedef {ReturnType<typeof choose>[number]} Chosen */

/** @param {'query-gpu' | 'query-compute-apps'} kind @param {number} major */
function help(kind, major) {
  const entries = offeredFields(kind, major).map(
    ({ name, aliases }) =>
      `${[name, ...aliases].map((each) => `"${each}"`).join(' or ')}\nWhat ${name} says.\n`,
  )
  return `List of valid properties to query for the switch "--${kind}":\n\n${entries.join('\n')}\n`
}

/** Driver 610 renamed two of the versions. @param {string} driver @param {number} major */
function version(driver, major) {
  const nvml = driver.split('.').slice(0, 2).join('.')
  const head = `NVIDIA-SMI version  : ${driver}\nNVML version        : ${nvml}\n`
  if (major < 610) return `${head}DRIVER version      : ${driver}\nCUDA Version        : 13.1\n`
  return `${head}DRIVER version      : Deprecated, see "KMD version" instead
CUDA version        : Deprecated, see "CUDA UMD version" instead
KMD version         : ${driver}
CUDA UMD version    : 13.3
`
}

/**
 * @param {readonly string[]} args
 * @param {Machine} machine
 * @param {{isRepeat?: boolean}} [when] a later round of loop mode, which prints no header again
 * @returns {Answer}
 */
export function answer(args, machine, { isRepeat = false } = {}) {
  const { profile } = machine
  const major = Number.parseInt(profile.driver, 10) || 0
  const options = readArguments(args)
  if (options.unknown) {
    const text = `ERROR: Option ${options.unknown} is not recognized. Please run 'nvidia-smi -h' for help.\n\n`
    return say(text, EXIT.badArgument)
  }
  // The lists of fields are the program's own: they need no driver.
  if (options.show === 'help-query-gpu') return say(help('query-gpu', major))
  if (options.show === 'help-query-compute-apps') return say(help('query-compute-apps', major))
  if (profile.failure) {
    const { exit, stdout = '', stderr = '' } = profile.failure
    return { stdout, stderr, exitCode: exit }
  }
  if (options.show === 'version') return say(version(profile.driver, major))

  const chosen = choose(machine, options.id)
  if (chosen.length === 0) return say('No devices were found\n', EXIT.notFound)
  const exitCode = chosen.some(({ isLost }) => isLost) ? EXIT.gpuLost : EXIT.ok
  const asked = options.queryGpu ?? options.queryApps
  if (asked !== undefined) {
    const kind = options.queryGpu === undefined ? 'query-compute-apps' : 'query-gpu'
    const format = options.format?.split(',') ?? []
    const fields = offeredFields(kind, major)
    const query = { asked: asked.split(','), fields, format, isRepeat }
    if (kind === 'query-compute-apps') return queryProcesses(machine, chosen, query)
    return queryGpus(machine, chosen, query)
  }
  if (options.show === 'list') return say(list(machine, chosen), exitCode)
  if (options.isQuery && options.isXml) return say(xml(machine, chosen), exitCode)
  if (options.isQuery) {
    return {
      stdout: '',
      stderr: 'The stand-in answers -q with -x only.\n',
      exitCode: EXIT.badArgument,
    }
  }
  return say(table(machine, chosen), exitCode)
}

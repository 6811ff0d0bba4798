import { gpuCell, processCell, withUnit } from './cells.mjs'
import { EXIT } from './exit-codes.mjs'
import { findField } from './fields.mjs'

/**
 * @typedef {import('./cells.mjs').Machine} Machine
 * @typedef {import('./fields.mjs').Field} Field
 * @typedef {import('./answer.mjs').Chosen} Chosen
 * @typedef {import('./answer.mjs').Answer} Answer
 * @typedef {{asked: string[], fields: Field[], format: string[], isRepeat: boolean}} Query
 */

/**
 * What stands in the place of a lost GPU's handle. The bus id has four digits of domain here, eight
 * everywhere else. @param {Chosen} chosen
 */
export function lostLine({ gpu }) {
  const bus = gpu['pci.bus_id']?.replace(/^0000(?=[0-9A-F]{4}:)/, '')
  return `Unable to determine the device handle for GPU${bus}: Unknown Error`
}

/** @param {Query} query @param {(fields: Field[]) => {lines: string[], exitCode: number}} rows @returns {Answer} */
function csv({ asked, fields, format, isRepeat }, rows) {
  /** @type {Field[]} */
  const found = []
  for (const name of asked) {
    const field = findField(fields, name.trim())
    if (!field) {
      const stdout = `Field "${name.trim()}" is not a valid field to query.\n\n`
      return { stdout, stderr: '', exitCode: EXIT.badArgument }
    }
    found.push(field)
  }
  if (!format.includes('csv')) {
    const stdout =
      "ERROR: --format=csv is needed with a query. Please run 'nvidia-smi -h' for help.\n\n"
    return { stdout, stderr: '', exitCode: EXIT.badArgument }
  }
  const hasUnits = !format.includes('nounits')
  const head = found.map(({ name, unit }) => (hasUnits && unit ? `${name} [${unit}]` : name))
  const { lines, exitCode } = rows(
    hasUnits ? found : found.map((field) => ({ ...field, unit: undefined })),
  )
  if (!format.includes('noheader') && !isRepeat) lines.unshift(head.join(', '))
  return { stdout: lines.map((line) => `${line}\n`).join(''), stderr: '', exitCode }
}

/** @param {Machine} machine @param {Chosen[]} chosen @param {Query} query @returns {Answer} */
export function queryGpus(machine, chosen, query) {
  return csv(query, (fields) => ({
    exitCode: chosen.some(({ isLost }) => isLost) ? EXIT.gpuLost : EXIT.ok,
    // A lost GPU costs its own row and leaves the ones around it alone.
    lines: chosen.flatMap((one) =>
      one.isLost
        ? [lostLine(one), fields.map(() => '[Unknown Error]').join(', ')]
        : [
            fields
              .map((field) => withUnit(gpuCell(machine, one.gpu, field), field.unit))
              .join(', '),
          ],
    ),
  }))
}

/** @param {Machine} machine @param {Chosen[]} chosen @param {Query} query @returns {Answer} */
export function queryProcesses(machine, chosen, query) {
  const places = chosen.filter(({ isLost }) => !isLost).map(({ place }) => place)
  // A desktop's drawing processes are not among the compute processes.
  const processes = machine.profile.processes.filter(
    ({ gpu, type = 'C' }) => type === 'C' && places.includes(gpu),
  )
  return csv(query, (fields) => ({
    exitCode: EXIT.ok,
    lines: processes.map((process) =>
      fields.map((field) => withUnit(processCell(machine, process, field), field.unit)).join(', '),
    ),
  }))
}

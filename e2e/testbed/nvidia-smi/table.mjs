import { lostLine } from './csv.mjs'

const RULE = `+${'-'.repeat(89)}+`

/** Only whole watts, as the table has them. @param {string | undefined} cell */
const watts = (cell) => (Number.isFinite(Number(cell)) ? `${Math.round(Number(cell))}W` : 'N/A')

/** @param {string | undefined} cell @param {string} unit */
const short = (cell, unit) => (Number.isFinite(Number(cell)) ? `${cell}${unit}` : 'N/A')

/**
 * The table for people, with no arguments: one line a GPU and one a process.
 *
 * @param {import('./cells.mjs').Machine} machine @param {import('./answer.mjs').Chosen[]} chosen
 */
export function table({ profile, now }, chosen) {
  /** @param {string} text */
  const line = (text) => `| ${text.padEnd(87)} |`
  const lost = chosen.filter(({ isLost }) => isLost).map(lostLine)
  const gpus = chosen.flatMap(({ gpu, isLost }) => {
    if (isLost) return []
    const memory = Number.isFinite(Number(gpu['memory.used']))
      ? `${gpu['memory.used']}MiB / ${gpu['memory.total']}MiB`
      : 'Not Supported'
    const power = `${watts(gpu['power.draw'])} / ${watts(gpu['power.limit'])}`
    const cells = [
      String(gpu.index).padStart(3),
      String(gpu.name).padEnd(26),
      short(gpu['temperature.gpu'], 'C').padStart(4),
      power.padStart(13),
      memory.padStart(21),
      short(gpu['utilization.gpu'], '%').padStart(5),
    ]
    return [line(cells.join(' '))]
  })
  const processes = profile.processes.map(({ gpu, pid, type = 'C', name, memory }) =>
    line(
      `${String(gpu).padStart(4)} ${String(pid).padStart(16)} ${type.padStart(6)}   ${name}  ${short(memory, 'MiB')}`,
    ),
  )
  return `${[
    ...lost,
    now.toString().slice(0, 24),
    RULE,
    line(`NVIDIA-SMI ${profile.driver.padEnd(22)} Driver Version: ${profile.driver}`),
    RULE,
    ...gpus,
    RULE,
    ...(processes.length > 0 ? processes : [line(' No running processes found')]),
    RULE,
  ].join('\n')}\n`
}

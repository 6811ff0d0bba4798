/** `dgx report`. */
import { UsageFailure } from './client.mjs'
import { rounded, table } from './table.mjs'

/** @typedef {import('./main.mjs').Context} Context */

/** In hours. @type {Record<string, number>} */
const UNITS = { m: 1 / 60, h: 1, d: 24, w: 7 * 24 }

/** `7d` is so long before now; a day or a time is itself. @param {string} text @returns {number | string} */
function timeOf(text) {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([mhdw])$/.exec(text) ?? []
  const hours = UNITS[unit ?? '']
  if (hours) return Date.now() - Number(count) * hours * 3_600_000
  return Date.parse(text)
}

/** @param {string} option @param {string | undefined} text */
function moment(option, text) {
  if (text === undefined) return {}
  const time = timeOf(text)
  if (!Number.isFinite(time)) {
    throw new UsageFailure(
      `--${option} must be like 7d, 12h, 2026-03-01 or 2026-03-01T08:00:00Z, not "${text}".`,
    )
  }
  return { [option]: new Date(time).toISOString() }
}

/** @param {number | null} hours */
const h = (hours) => (hours === null ? null : hours.toFixed(hours < 100 ? 1 : 0))
/** @param {number | null} kwh */
const energy = (kwh) => (kwh === null ? null : kwh.toFixed(1))
const percent = (/** @type {number | null} */ value) => rounded(value, '%')

/** What GPUs, jobs and projects came to in a period. @param {Context} context */
export async function report({ client, print, json, options }) {
  const query = new URLSearchParams({
    ...moment('from', options.from),
    ...moment('to', options.to),
    ...(options.on ? { connection_id: options.on } : {}),
    ...(options.project ? { project_id: options.project } : {}),
  })
  const format = options.md ? 'md' : options.csv ? 'csv' : null
  if (format) {
    const response = await client.send('GET', `report?${query}&format=${format}`, {})
    process.stdout.write(await response.text())
    return
  }
  const data = await client.get(`report?${query}`)
  if (json) return print(JSON.stringify(data, null, 2))
  print(screen(data))
}

const HEADS = ['>SAMPLED', '>HELD', '>IDLE', '>OTHERS', '>FREE', '>UTIL', '>KWH']

/** @param {any} of */
const cells = ({ gpu_hours, gpu_utilization, energy_kwh }) => [
  ...['sampled', 'held', 'held_idle', 'other_busy', 'free'].map((key) => h(gpu_hours[key])),
  percent(gpu_utilization),
  energy(energy_kwh),
]

/** @param {any} data */
function screen({ from, to, coverage_percent, total, machines, projects, jobs, idle_jobs }) {
  const at = (/** @type {string} */ time) => time.slice(0, 16).replace('T', ' ')
  const of = (/** @type {string} */ status) =>
    `${jobs.managed[status] + jobs.tracked[status]} ${status}`
  const sampled = coverage_percent === null ? '' : `, ${percent(coverage_percent)} of it sampled`
  const best = (/** @type {any[]} */ metrics) =>
    metrics
      .slice(0, 2)
      .map(({ name, value }) => `${name}=${Number(value.toPrecision(4))}`)
      .join(' ')
  const parts = [
    `${at(from)} to ${at(to)} UTC${sampled}; jobs: ${['completed', 'failed', 'cancelled', 'running'].map(of).join(', ')}`,
    table(
      ['GPU-HOURS', ...HEADS, '>PEAK'],
      [
        ...machines.map((/** @type {any} */ machine) => [
          machine.name ?? '(deleted)',
          ...cells(machine),
          rounded(machine.peak_temperature_c, 'C'),
        ]),
        ['all', ...cells(total), null],
      ],
    ),
    ...(projects.length > 0
      ? [
          table(
            ['PROJECT', '>JOBS', '>HELD', '>IDLE', '>UTIL', '>KWH', 'BEST'],
            projects.map((/** @type {any} */ project) => [
              project.name ?? '(none)',
              Object.values(project.jobs).reduce((sum, count) => sum + count, 0),
              h(project.gpu_hours.held),
              h(project.gpu_hours.held_idle),
              percent(project.gpu_utilization),
              energy(project.energy_kwh),
              best(project.best_metrics) || null,
            ]),
          ),
        ]
      : []),
    ...(idle_jobs.length > 0
      ? [
          table(
            ['HELD AND IDLE', '>HELD', '>IDLE', '>UTIL'],
            idle_jobs
              .slice(0, 5)
              .map((/** @type {any} */ job) => [
                job.name,
                h(job.gpu_hours.held),
                h(job.gpu_hours.held_idle),
                percent(job.gpu_utilization),
              ]),
          ),
        ]
      : []),
  ]
  return parts.join('\n\n')
}

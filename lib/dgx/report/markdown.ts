import type { JobCounts, Report, Use } from './answers'

const UNKNOWN = '–'

/** A report as a document to read, in Markdown with tables. */
export function reportMarkdown(report: Report): string {
  const { total, machines, gpus, projects, idle_jobs, series, jobs } = report
  const isOfProject = report.project_id !== null
  return [
    '# GPU report',
    headline(report),
    table(
      ['', ''],
      [
        ...(isOfProject
          ? []
          : [
              ['GPUs', String(total.gpus)],
              ['GPU-hours sampled', sampledText(report)],
            ]),
        ['Held by jobs', hours(total.gpu_hours.held)],
        ['Held, at work', hours(total.gpu_hours.held_busy)],
        ['Held, idle', hours(total.gpu_hours.held_idle)],
        ...(isOfProject
          ? []
          : [
              ['Busy without a job', hours(total.gpu_hours.other_busy)],
              ['Free', hours(total.gpu_hours.free)],
            ]),
        ['Utilization', percent(total.gpu_utilization)],
        ['Energy', energy(total.energy_kwh)],
        ['Jobs', jobsText(report)],
      ],
    ),
    section(
      'Machines',
      ['Machine', 'GPUs', ...USE, 'Peak temperature', 'Peak memory'],
      machines.map((machine) => [
        machine.name === null ? '(deleted)' : text(machine.name),
        String(machine.gpus),
        ...useCells(machine),
        ...peakCells(machine),
      ]),
    ),
    section(
      'Projects',
      ['Project', 'Completed', 'Failed', 'Cancelled', 'Running', ...HELD],
      projects.map(({ name, jobs, ...use }) => [
        projectText(name),
        ...statusCells(jobs),
        ...heldCells(use),
      ]),
    ),
    section(
      'Best metrics',
      ['Project', 'Metric', 'Best', 'Step', 'Job'],
      projects.flatMap(({ name, best_metrics }) =>
        best_metrics.map((best) => [
          projectText(name),
          `${text(best.name)} (${best.better} is better)`,
          figure(best.value),
          best.step === null ? UNKNOWN : String(best.step),
          text(best.job_name),
        ]),
      ),
    ),
    section(
      'Held and idle',
      ['Job', ...HELD],
      idle_jobs.map(({ name, ...use }) => [text(name), ...heldCells(use)]),
    ),
    section(
      'How managed jobs ended',
      ['Reason', 'Jobs'],
      Object.entries(jobs.end_reasons).map(([reason, count]) => [`\`${reason}\``, String(count)]),
    ),
    section(
      report.step_s < 86_400 ? 'By the hour' : 'By the day',
      ['From (UTC)', ...USE],
      series.map(({ from, ...use }) => [minute(from), ...useCells(use)]),
    ),
    section(
      'GPUs',
      [
        'Machine',
        'GPU',
        'Model',
        'Sampled',
        'Busy',
        'Held',
        'Utilization',
        'Energy',
        'Peak temperature',
        'Peak memory',
      ],
      gpus.map((gpu) => [
        text(gpu.connection_name),
        String(gpu.index ?? gpu.uuid),
        gpu.name === null ? UNKNOWN : text(gpu.name),
        hours(gpu.gpu_hours.sampled),
        hours(gpu.gpu_hours.busy),
        hours(gpu.gpu_hours.held),
        percent(gpu.gpu_utilization),
        energy(gpu.energy_kwh),
        ...peakCells(gpu),
      ]),
    ),
    NOTES,
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n')
}

const NOTES = `Times are GPU-hours. **Held** is by the clock, from start to end of each run; everything else is of the time that was
sampled, to the minute. **Busy** is utilization times time: how long a kernel ran. **Busy without a job** is what processes
of others, runs tracked by hand and jobs deleted since made of the GPUs. ${UNKNOWN} is unknown.`

function headline({ from, to, connection_id, project_id, machines, projects }: Report): string {
  const machine = machines.find((each) => each.connection_id === connection_id)
  const project = projects.find((each) => each.project_id === project_id)
  return [
    `${minute(from)} to ${minute(to)} UTC`,
    ...(connection_id ? [`machine ${text(machine?.name ?? connection_id)}`] : []),
    ...(project_id ? [`project ${text(project?.name ?? project_id)}`] : []),
  ].join(', ')
}

function sampledText({ total, coverage_percent }: Report): string {
  const { sampled, possible } = total.gpu_hours
  if (coverage_percent === null) return UNKNOWN
  return `${hours(sampled)} of ${hours(possible)} (${percent(coverage_percent)})`
}

function jobsText({ jobs }: Report): string {
  const { managed, tracked } = jobs
  const of = (status: keyof JobCounts) => `${managed[status] + tracked[status]} ${status}`
  const byHand = Object.values(tracked).reduce((sum, count) => sum + count, 0)
  return `${of('completed')}, ${of('failed')}, ${of('cancelled')}, ${of('running')}${byHand > 0 ? ` (${byHand} tracked by hand)` : ''}`
}

const USE = ['Sampled', 'Busy', 'Held', 'Held idle', 'Others', 'Free', 'Utilization', 'Energy']

const useCells = ({ gpu_hours, gpu_utilization, energy_kwh }: Use) => [
  hours(gpu_hours.sampled),
  hours(gpu_hours.busy),
  hours(gpu_hours.held),
  hours(gpu_hours.held_idle),
  hours(gpu_hours.other_busy),
  hours(gpu_hours.free),
  percent(gpu_utilization),
  energy(energy_kwh),
]

const HELD = ['Held', 'At work', 'Idle', 'Utilization', 'Energy']

const heldCells = ({ gpu_hours, gpu_utilization, energy_kwh }: Use) => [
  hours(gpu_hours.held),
  hours(gpu_hours.held_busy),
  hours(gpu_hours.held_idle),
  percent(gpu_utilization),
  energy(energy_kwh),
]

const statusCells = ({ completed, failed, cancelled, running }: JobCounts) =>
  [completed, failed, cancelled, running].map(String)

const peakCells = (
  peaks: Pick<Report['gpus'][number], 'peak_temperature_c' | 'peak_memory_used_mb'>,
) => [
  peaks.peak_temperature_c === null ? UNKNOWN : `${Math.round(peaks.peak_temperature_c)} °C`,
  peaks.peak_memory_used_mb === null
    ? UNKNOWN
    : `${(peaks.peak_memory_used_mb / 1024).toFixed(1)} GiB`,
]

function section(title: string, head: string[], rows: string[][]): string {
  return rows.length === 0 ? '' : `## ${title}\n\n${table(head, rows)}`
}

const table = (head: readonly string[], rows: readonly string[][]) =>
  [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/** Names are anybody's: none ends its cell, starts markup or links anywhere. `val_loss` stays as it is. */
const text = (name: string) =>
  name
    .replace(/\s+/g, ' ')
    .replace(/[\\`*[\]<>|~&#!]|(?<![a-z0-9])_|_(?![a-z0-9])/gi, (character) => `\\${character}`)

const projectText = (name: string | null) => (name === null ? '(no project)' : text(name))
const minute = (time: string) => time.slice(0, 16).replace('T', ' ')
const hours = (value: number | null) => (value === null ? UNKNOWN : value.toFixed(2))
const percent = (value: number | null) => (value === null ? UNKNOWN : `${value.toFixed(1)} %`)
const energy = (kwh: number | null) => (kwh === null ? UNKNOWN : `${kwh.toFixed(2)} kWh`)
const figure = (value: number) => String(Number(value.toPrecision(5)))

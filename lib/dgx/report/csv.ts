import { csvOf } from '../csv'
import type { Report, Use } from './answers'

export const REPORT_COLUMNS = [
  'scope',
  'from',
  'to',
  'id',
  'machine',
  'gpu_index',
  'project',
  'job',
  'measure',
  'value',
] as const

type Column = (typeof REPORT_COLUMNS)[number]
type Row = Record<Column, string | number | null>
type Measures = Record<string, number | null>

/**
 * A report as one tidy table: a row for each measure of each thing, what is unknown empty. `id` is
 * that of the machine, project or job, and the uuid of a GPU: names need not be unique.
 */
export function reportCsv(report: Report): string {
  const { from, to, total, series, machines, gpus, projects, idle_jobs } = report
  const rows = (scope: string, of: Partial<Row>, measures: Measures): Row[] =>
    Object.entries(measures).map(([measure, value]) => ({
      ...{ id: null, machine: null, gpu_index: null, project: null, job: null },
      ...{ scope, from, to, ...of, measure, value },
    }))
  return csvOf(REPORT_COLUMNS, [
    ...rows(
      'total',
      {},
      { gpus: total.gpus, coverage_percent: report.coverage_percent, ...measuresOf(total) },
    ),
    ...series.flatMap(({ from, to, ...use }) => rows('step', { from, to }, measuresOf(use))),
    ...machines.flatMap(({ connection_id, name, ...machine }) =>
      rows(
        'machine',
        { id: connection_id, machine: name ?? 'deleted' },
        {
          gpus: machine.gpus,
          ...measuresOf(machine),
          ...peaksOf(machine),
        },
      ),
    ),
    ...gpus.flatMap((gpu) =>
      rows(
        'gpu',
        { id: gpu.uuid, machine: gpu.connection_name, gpu_index: gpu.index },
        {
          ...hoursOf(gpu.gpu_hours),
          gpu_utilization: gpu.gpu_utilization,
          energy_kwh: gpu.energy_kwh,
          ...peaksOf(gpu),
        },
      ),
    ),
    ...projects.flatMap((project) => [
      ...rows(
        'project',
        { id: project.project_id, project: project.name },
        {
          ...prefixed('jobs_', project.jobs),
          ...measuresOf(project),
        },
      ),
      ...project.best_metrics.flatMap(({ name, value, job_id, job_name }) =>
        rows(
          'best_metric',
          { id: job_id, project: project.name, job: job_name },
          { [name]: value },
        ),
      ),
    ]),
    ...idle_jobs.flatMap(({ job_id, name, ...use }) =>
      rows('idle_job', { id: job_id, job: name }, measuresOf(use)),
    ),
    ...rows(
      'jobs',
      {},
      {
        ...{ jobs: report.jobs.total, runs: report.jobs.runs },
        ...prefixed('managed_', report.jobs.managed),
        ...prefixed('tracked_', report.jobs.tracked),
        ...prefixed('ended_', report.jobs.end_reasons),
      },
    ),
  ])
}

const measuresOf = ({ gpu_hours, gpu_utilization, energy_kwh, energy_gpu_hours }: Use) => ({
  ...hoursOf(gpu_hours),
  ...{ gpu_utilization, energy_kwh, energy_gpu_hours },
})

const hoursOf = (hours: Partial<Use['gpu_hours']>) => prefixed('gpu_hours_', hours)

const peaksOf = (
  peaks: Pick<Report['gpus'][number], 'peak_temperature_c' | 'peak_memory_used_mb'>,
) => ({
  peak_temperature_c: peaks.peak_temperature_c,
  peak_memory_used_mb: peaks.peak_memory_used_mb,
})

const prefixed = (prefix: string, measures: Record<string, number | null | undefined>): Measures =>
  Object.fromEntries(
    Object.entries(measures).map(([name, value]) => [`${prefix}${name}`, value ?? null]),
  )

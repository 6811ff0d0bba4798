import { z } from 'zod'
import { parse } from '../api/parse'
import { getReport } from '../dgx'
import { reference } from '../dgx/fields'
import type { Report, Use } from '../dgx/report/answers'
import { reportQuery } from '../dgx/report/schema'
import { clip, short } from './text'
import { READS, tool } from './tool'

/** More, and the answer does not fit a small context: the machines with the most GPU-hours stay. */
const MOST_MACHINES = 20
const MOST_PROJECTS = 6
const MOST_METRICS = 2
const MOST_IDLE_JOBS = 3

const hours = z.number().nullable()

const use = {
  held_h: hours,
  idle_h: hours,
  others_h: hours,
  free_h: hours,
  util: z.number().nullable(),
  kwh: z.number().nullable(),
}

const brief = z.strictObject({
  from: z.string(),
  to: z.string(),
  coverage_percent: z.number().nullable().describe('How much of the GPU-hours was sampled.'),
  total: z
    .strictObject({ gpus: z.number().int(), ...use })
    .describe(
      'GPU-hours: held by jobs; of them idle; busy without a job; free. util in percent, kwh of the GPUs. Null: not known.',
    ),
  machines: z
    .array(z.strictObject({ machine: z.string(), gpus: z.number().int(), ...use, peak_c: hours }))
    .describe(`The ${MOST_MACHINES} whose GPUs were held the longest.`),
  jobs: z.record(z.string(), z.number().int()).describe('By outcome at the end of the period.'),
  end_reasons: z.record(z.string(), z.number().int()),
  projects: z.array(
    z.strictObject({
      project: z.string().nullable(),
      jobs: z.number().int(),
      held_h: hours,
      idle_h: hours,
      util: z.number().nullable(),
      best: z.array(z.strictObject({ metric: z.string(), value: z.number(), job_id: z.string() })),
    }),
  ),
  idle_jobs: z
    .array(z.strictObject({ job_id: z.string(), name: z.string(), held_h: hours, idle_h: hours }))
    .describe('Whose GPUs did nothing for the longest.'),
  omitted: z
    .strictObject({ machines: z.number().int(), projects: z.number().int() })
    .describe('Not shown: GET /api/dgx/report has all.'),
})

const { from, to, hours: period } = reportQuery.shape

export const reportTool = tool({
  name: 'report',
  title: 'Report',
  description:
    'What GPUs, jobs and projects came to in a period: GPU-hours held by jobs, idle while held, used without a job and free, utilization, energy, jobs by outcome, best metrics, and who holds GPUs without using them. The last 7 days unless said otherwise.',
  input: z.strictObject({
    hours: z
      .number()
      .positive()
      .max(8_784)
      .optional()
      .describe(period.description ?? ''),
    from: z.string().optional().describe(`${from.description} Such as 2026-03-01T08:00:00Z.`),
    to: z
      .string()
      .optional()
      .describe(to.description ?? ''),
    machine: reference.optional().describe('Only this one: name or id.'),
    project: reference.optional().describe('Only the runs of this one: name or id.'),
  }),
  output: brief,
  annotations: { ...READS, openWorldHint: false },
  run: async ({ machine, project, ...range }) => {
    const filters = { connection_id: machine, project_id: project }
    const query = parse(reportQuery, { ...range, ...filters }, 'query')
    const report = await getReport(query)
    const data = toBrief(report)
    return { data, text: briefText(report, data) }
  },
})

type Brief = z.input<typeof brief>

const round = (value: number | null) => value && Number(value.toPrecision(4))

const toUse = ({ gpu_hours, gpu_utilization, energy_kwh }: Use) => ({
  held_h: round(gpu_hours.held),
  idle_h: round(gpu_hours.held_idle),
  others_h: round(gpu_hours.other_busy),
  free_h: round(gpu_hours.free),
  util: round(gpu_utilization),
  kwh: round(energy_kwh),
})

function toBrief(report: Report): Brief {
  const { from, to, coverage_percent, total, machines, projects, idle_jobs, jobs } = report
  const most = machines
    .toSorted((a, b) => b.gpu_hours.held - a.gpu_hours.held)
    .slice(0, MOST_MACHINES)
  const shown = projects.slice(0, MOST_PROJECTS)
  return {
    ...{ from, to, coverage_percent: round(coverage_percent) },
    total: { gpus: total.gpus, ...toUse(total) },
    machines: most.map(({ name, gpus, peak_temperature_c, ...use }) => ({
      machine: clip(name ?? '(deleted)', 40),
      gpus,
      ...toUse(use),
      peak_c: peak_temperature_c,
    })),
    jobs: Object.fromEntries(
      (['completed', 'failed', 'cancelled', 'running'] as const).map((status) => [
        status,
        jobs.managed[status] + jobs.tracked[status],
      ]),
    ),
    end_reasons: jobs.end_reasons as Record<string, number>,
    projects: shown.map(({ name, jobs, best_metrics, ...use }) => ({
      project: name === null ? null : clip(name, 40),
      jobs: Object.values(jobs).reduce((sum, count) => sum + count, 0),
      held_h: round(use.gpu_hours.held),
      idle_h: round(use.gpu_hours.held_idle),
      util: round(use.gpu_utilization),
      best: best_metrics.slice(0, MOST_METRICS).map(({ name, value, job_id }) => ({
        ...{ metric: clip(name, 40), value, job_id },
      })),
    })),
    idle_jobs: idle_jobs.slice(0, MOST_IDLE_JOBS).map(({ job_id, name, gpu_hours }) => ({
      ...{ job_id, name: clip(name, 40) },
      held_h: round(gpu_hours.held),
      idle_h: round(gpu_hours.held_idle),
    })),
    omitted: {
      machines: machines.length - most.length,
      projects: projects.length - shown.length,
    },
  }
}

function briefText({ total }: Report, data: Brief): string {
  const outcomes = Object.entries(data.jobs).map(([status, count]) => `${count} ${status}`)
  const sampled =
    data.coverage_percent === null ? '' : `, ${short(data.coverage_percent)} % of it sampled`
  const hoursText = (of: Omit<Brief['total'], 'gpus'>) =>
    `held ${short(of.held_h)}, of it idle ${short(of.idle_h)}; others ${short(of.others_h)}; free ${short(of.free_h)}; ${short(of.util)} % used, ${short(of.kwh)} kWh`
  const { machines, projects } = data.omitted
  return [
    `${data.from} to ${data.to}${sampled}. GPU-hours of ${total.gpus} GPUs: ${hoursText(data.total)}.`,
    `Jobs: ${outcomes.join(', ')}.`,
    ...data.machines.map((each) => `${each.machine} (${each.gpus} GPUs): ${hoursText(each)}`),
    ...data.projects.map(({ project, jobs, held_h, best }) => {
      const metrics = best.map(
        ({ metric, value, job_id }) => `best ${metric}=${short(value)} (${job_id})`,
      )
      return [
        `Project ${project ?? '(none)'}: ${jobs} jobs, held ${short(held_h)}`,
        ...metrics,
      ].join('; ')
    }),
    ...data.idle_jobs.map(
      ({ job_id, name, held_h, idle_h }) =>
        `Idle: ${name} (${job_id}) held ${short(held_h)} and did nothing for ${short(idle_h)}`,
    ),
    ...(machines + projects > 0
      ? [`Left out: ${machines} machines, ${projects} projects; GET /api/dgx/report has all.`]
      : []),
  ].join('\n')
}

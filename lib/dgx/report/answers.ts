import { z } from 'zod'
import { moment } from '../fields'
import { END_REASONS } from '../jobs/states'

/** What a report answers. */

const count = z.number().int()
const numberOrNull = z.number().nullable()
const textOrNull = z.string().nullable()

const gpuHours = z
  .strictObject({
    possible: numberOrNull.describe('The GPUs times the period.'),
    sampled: numberOrNull.describe('In whose minutes there was a reading of the GPU.'),
    busy: numberOrNull.describe('With a kernel at work: the utilization times the time.'),
    held: z.number().describe('By jobs, from start to end of each run, sampled or not.'),
    held_busy: numberOrNull.describe('Of `held`: with a kernel at work.'),
    held_idle: numberOrNull.describe('Of `held`: doing nothing, so far as it was sampled.'),
    other_busy: numberOrNull.describe(
      'Busy while no job held it: processes of others, runs tracked by hand, jobs deleted since.',
    ),
    free: numberOrNull.describe('Sampled, neither held nor busy.'),
  })
  .describe('Null: not known.')
  .meta({ id: 'ReportGpuHours' })

const use = {
  gpu_hours: gpuHours,
  gpu_utilization: numberOrNull.describe('Percent, mean over the time in which it is known.'),
  energy_kwh: numberOrNull.describe('Of the GPUs, over the time in which the power is known.'),
  energy_gpu_hours: numberOrNull.describe('How long that is.'),
}
const peaks = {
  peak_temperature_c: numberOrNull,
  peak_memory_used_mb: numberOrNull.describe('Of one GPU, MiB.'),
  memory_total_mb: numberOrNull,
}

const statuses = z
  .strictObject({ completed: count, failed: count, cancelled: count, running: count })
  .meta({ id: 'ReportJobCounts' })

const bestMetric = z
  .strictObject({
    name: z.string(),
    better: z.enum(['lower', 'higher']),
    value: z.number(),
    step: numberOrNull,
    job_id: z.string(),
    job_name: z.string(),
  })
  .meta({ id: 'ReportMetric' })
export type BestMetric = z.infer<typeof bestMetric>

export const report = z
  .strictObject({
    from: moment,
    to: moment.describe('Not after now.'),
    connection_id: textOrNull.describe('The machine that it is of; null: all.'),
    project_id: textOrNull.describe('The project that it is of; null: all.'),
    coverage_percent: numberOrNull.describe(
      'How much of the possible GPU-hours was sampled. Null of a project, or without a GPU.',
    ),
    total: z.strictObject({ gpus: count, ...use }),
    step_s: count.describe('Of `series`: an hour up to two days, else a day, of UTC.'),
    series: z
      .array(z.strictObject({ from: moment, to: moment, ...use }))
      .describe('The same step by step; the first and the last may be cut by the period.'),
    machines: z
      .array(
        z.strictObject({
          connection_id: textOrNull.describe('Null: of machines deleted since.'),
          name: textOrNull,
          gpus: count,
          ...use,
          ...peaks,
        }),
      )
      .describe('In your own order.'),
    gpus: z.array(
      z.strictObject({
        connection_id: z.string(),
        connection_name: z.string(),
        index: count.nullable(),
        uuid: z.string(),
        name: textOrNull,
        gpu_hours: gpuHours.pick({ possible: true, sampled: true, busy: true, held: true }),
        gpu_utilization: numberOrNull,
        energy_kwh: numberOrNull,
        ...peaks,
      }),
    ),
    jobs: z
      .strictObject({
        total: count,
        runs: count.describe('Of managed jobs; a retry is another one.'),
        managed: statuses,
        tracked: statuses.describe('Jobs that are tracked by hand.'),
        end_reasons: z
          .partialRecord(z.enum(END_REASONS), count)
          .describe('How managed jobs ended; those that did not end are not in it.'),
      })
      .describe('Jobs that ran or ended in the period, as they stood at its end.'),
    projects: z
      .array(
        z.strictObject({
          project_id: textOrNull.describe('Null: jobs without a project.'),
          name: textOrNull,
          jobs: statuses,
          ...use,
          best_metrics: z
            .array(bestMetric)
            .describe('Of its jobs, where it is known which direction is better; at most 6.'),
        }),
      )
      .describe('Those with jobs in the period, the most GPU-hours first.'),
    idle_jobs: z
      .array(
        z.strictObject({
          job_id: z.string(),
          name: z.string(),
          project_id: textOrNull,
          ...use,
        }),
      )
      .describe('Whose GPUs did nothing for the longest, at most 10.'),
  })
  .meta({ id: 'Report' })
export type Report = z.infer<typeof report>
export type GpuHours = z.infer<typeof gpuHours>
export type JobCounts = z.infer<typeof statuses>
export type Use = { [Key in keyof typeof use]: z.infer<(typeof use)[Key]> }

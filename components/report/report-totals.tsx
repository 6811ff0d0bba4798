import type { Report } from '@/lib/dgx/report/answers'
import { UNKNOWN } from '../format'
import { gpuHours, kwh, percentOf, percentText } from './figures'

/** A report in a few numbers. */
export function ReportTotals({ report }: { report: Report }) {
  const { total, jobs, project_id } = report
  const { gpu_hours, gpu_utilization, energy_kwh } = total
  const { held, held_busy, held_idle, other_busy, free, sampled } = gpu_hours
  const isOfProject = project_id !== null
  const ended = (['completed', 'failed', 'cancelled'] as const).map(
    (status) => `${jobs.managed[status] + jobs.tracked[status]} ${status}`,
  )
  const tiles = [
    { label: 'Held by jobs', value: gpuHours(held), note: 'GPU-hours' },
    {
      label: 'Held, idle',
      value: gpuHours(held_idle),
      note: held_busy === null ? 'not sampled' : `${percentOf(held_idle, held)} of what was held`,
    },
    isOfProject
      ? { label: 'At work', value: gpuHours(held_busy), note: 'GPU-hours' }
      : { label: 'Busy without a job', value: gpuHours(other_busy), note: 'GPU-hours' },
    ...(isOfProject
      ? []
      : [
          {
            label: 'Free',
            value: gpuHours(free),
            note: `${percentOf(free, sampled)} of what was sampled`,
          },
        ]),
    { label: 'Utilization', value: percentText(gpu_utilization), note: 'mean' },
    {
      label: 'Energy',
      value: kwh(energy_kwh),
      note: energy_kwh === null ? '' : 'kWh, of the GPUs',
    },
    { label: 'Jobs', value: String(jobs.total), note: ended.join(', ') },
  ]
  return (
    <dl className="grid grid-cols-2 gap-px overflow-clip rounded-lg border border-line bg-line shadow-sm sm:grid-cols-4 xl:grid-cols-7">
      {tiles.map(({ label, value, note }) => (
        <div
          key={label}
          className="flex min-w-0 flex-col bg-raised px-4 py-3 last:col-span-full sm:last:col-span-2 xl:last:col-span-1"
        >
          <dt className="text-soft text-xs">{label}</dt>
          <dd className="mt-0.5 tabular-nums">
            <span className="block font-semibold text-2xl tracking-tight">{value}</span>
            <span className="block text-soft text-xs">
              {value === UNKNOWN ? 'not known' : note}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

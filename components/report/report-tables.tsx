import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Report, Use } from '@/lib/dgx/report/answers'
import { figure } from '../charts/figure'
import { gibOf, UNKNOWN } from '../format'
import { Card } from '../ui/card'
import { Table } from '../ui/table'
import { degrees, gpuHours, kwh, percentText } from './figures'

const numeric = (label: string) => ({ label, numeric: true })

/** A row whose first cell is text and the others are figures; `texts` more of them are text. */
function Row({ name, cells, texts = 0 }: { name: ReactNode; cells: ReactNode[]; texts?: number }) {
  return (
    <tr>
      <th scope="row" className="min-w-32 max-w-80 wrap-anywhere font-normal">
        {name}
      </th>
      {cells.map((cell, i) => (
        <td
          // biome-ignore lint/suspicious/noArrayIndexKey: a cell has no identity but its column.
          key={i}
          data-wide={i < texts || isLong(cell) || undefined}
          className={i < texts ? 'min-w-40' : 'whitespace-nowrap text-right tabular-nums'}
        >
          {cell}
        </td>
      ))}
    </tr>
  )
}

/** Whether it needs the whole width where the table stacks. */
const isLong = (cell: ReactNode) => typeof cell === 'string' && cell.length > 12

const peakCells = (of: {
  peak_temperature_c: number | null
  peak_memory_used_mb: number | null
  memory_total_mb: number | null
}) => [degrees(of.peak_temperature_c), gibOf(of.peak_memory_used_mb, of.memory_total_mb)]

export function MachinesCard({ machines }: Pick<Report, 'machines'>) {
  return (
    <Card title="Machines" flush>
      <Table
        caption="Machines"
        stacks
        head={[
          'Machine',
          ...['GPUs', 'Sampled h', 'Held h', 'Idle h', 'Others h', 'Free h'].map(numeric),
          ...['Utilization', 'kWh', 'Hottest', 'Peak memory'].map(numeric),
        ]}
      >
        {machines.map(({ connection_id, name, gpus, ...machine }) => {
          const { sampled, held, held_idle, other_busy, free } = machine.gpu_hours
          return (
            <Row
              key={connection_id ?? 'deleted'}
              name={
                connection_id ? (
                  <Link href={`/connections/${connection_id}`} className="hover:underline">
                    {name}
                  </Link>
                ) : (
                  'Deleted machines'
                )
              }
              cells={[
                gpus,
                ...[sampled, held, held_idle, other_busy, free].map(gpuHours),
                percentText(machine.gpu_utilization),
                kwh(machine.energy_kwh),
                ...peakCells(machine),
              ]}
            />
          )
        })}
      </Table>
    </Card>
  )
}

const heldCells = ({ gpu_hours, gpu_utilization, energy_kwh }: Use) => [
  ...[gpu_hours.held, gpu_hours.held_busy, gpu_hours.held_idle].map(gpuHours),
  percentText(gpu_utilization),
  kwh(energy_kwh),
]
const HELD = ['Held h', 'At work h', 'Idle h', 'Utilization', 'kWh'].map(numeric)

export function ProjectsCard({ projects }: Pick<Report, 'projects'>) {
  return (
    <Card title="Projects" flush>
      <Table
        caption="Projects"
        stacks
        head={[
          'Project',
          'Best metrics',
          ...['Completed', 'Failed', 'Cancelled', 'Running'].map(numeric),
          ...HELD,
        ]}
      >
        {projects.map(({ project_id, name, jobs, best_metrics, ...use }) => (
          <Row
            key={project_id ?? 'none'}
            name={
              project_id ? (
                <Link href={`/projects/${project_id}`} className="hover:underline">
                  {name}
                </Link>
              ) : (
                'No project'
              )
            }
            texts={1}
            cells={[
              <BestMetrics key="best" metrics={best_metrics} />,
              ...[jobs.completed, jobs.failed, jobs.cancelled, jobs.running],
              ...heldCells(use),
            ]}
          />
        ))}
      </Table>
    </Card>
  )
}

function BestMetrics({ metrics }: { metrics: Report['projects'][number]['best_metrics'] }) {
  if (metrics.length === 0) return UNKNOWN
  return (
    <ul className="flex min-w-44 flex-col gap-0.5">
      {metrics.map(({ name, better, value, job_id, job_name }) => (
        <li key={name} className="wrap-anywhere">
          <Link
            href={`/jobs/${job_id}`}
            className="hover:underline"
            title={`${job_name}, ${better} is better`}
          >
            {name} <span className="font-medium tabular-nums">{figure(value)}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

export function IdleJobsCard({ idle_jobs }: Pick<Report, 'idle_jobs'>) {
  return (
    <Card title="Held GPUs that did nothing" flush>
      <Table caption="Jobs whose GPUs did nothing for the longest" head={['Job', ...HELD]} stacks>
        {idle_jobs.map(({ job_id, name, ...use }) => (
          <Row
            key={job_id}
            name={
              <Link href={`/jobs/${job_id}`} className="hover:underline">
                {name}
              </Link>
            }
            cells={heldCells(use)}
          />
        ))}
      </Table>
    </Card>
  )
}

const REASONS: Record<string, string> = {
  exit_zero: 'Exit code 0',
  exit_nonzero: 'Exit code not 0',
  signalled: 'Ended by a signal',
  out_of_memory: 'Out of memory',
  timed_out: 'Ran out of its time',
  cancelled_by_user: 'Cancelled',
  host_rebooted: 'Machine rebooted',
  lost: 'Lost',
  launch_failed: 'Could not be started',
  dependency_failed: 'A dependency failed',
}

export function OutcomesCard({ jobs }: Pick<Report, 'jobs'>) {
  const { managed, tracked, end_reasons, runs } = jobs
  return (
    <Card title="How jobs ended" flush>
      <Table
        caption="How jobs ended"
        head={['Outcome', ...['Managed', 'Tracked by hand'].map(numeric)]}
      >
        {(['completed', 'failed', 'cancelled', 'running'] as const).map((status) => (
          <Row
            key={status}
            name={status === 'running' ? 'Still running' : capital(status)}
            cells={[managed[status], tracked[status]]}
          />
        ))}
      </Table>
      <dl className="flex flex-wrap gap-x-6 gap-y-1 border-line border-t px-4 py-3 text-xs">
        {[
          ...Object.entries(end_reasons).map(
            ([reason, count]) => [REASONS[reason] ?? reason, count] as const,
          ),
          ['Runs, retries included', runs] as const,
        ].map(([text, count]) => (
          <div key={text} className="flex gap-1.5">
            <dt className="text-soft">{text}</dt>
            <dd className="font-medium tabular-nums">{count}</dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

export function GpusCard({ gpus }: Pick<Report, 'gpus'>) {
  return (
    <Card title="GPUs" flush>
      <Table
        caption="GPUs"
        stacks
        head={[
          'GPU',
          'Model',
          ...['Sampled h', 'Busy h', 'Held h', 'Utilization', 'kWh', 'Hottest', 'Peak memory'].map(
            numeric,
          ),
        ]}
      >
        {gpus.map((gpu) => (
          <Row
            key={`${gpu.connection_id} ${gpu.uuid}`}
            name={
              <span title={gpu.uuid}>
                {gpu.connection_name} <span className="text-soft">GPU {gpu.index ?? '?'}</span>
              </span>
            }
            texts={1}
            cells={[
              gpu.name?.replace(/^NVIDIA /, '') ?? UNKNOWN,
              ...[gpu.gpu_hours.sampled, gpu.gpu_hours.busy, gpu.gpu_hours.held].map(gpuHours),
              percentText(gpu.gpu_utilization),
              kwh(gpu.energy_kwh),
              ...peakCells(gpu),
            ]}
          />
        ))}
      </Table>
    </Card>
  )
}

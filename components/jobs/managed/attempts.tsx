import Link from 'next/link'
import type { JobAttempt } from '@/lib/dgx/jobs/answers'
import { gib, number, UNKNOWN } from '../../format'
import { Elapsed } from '../../ui/elapsed'
import { Status, type Tone } from '../../ui/status'
import { Table } from '../../ui/table'
import { TimeAgo } from '../../ui/time'

type Named = { id: string; name: string }

/** The runs of a job, the newest first, each with its end, its GPUs and what it made of them. */
export function Attempts({
  jobId,
  attempts,
  machines,
  shown,
  now,
}: {
  jobId: string
  attempts: readonly JobAttempt[]
  machines: readonly Named[]
  /** The one whose log is shown. */
  shown: number
  now: number
}) {
  return (
    <Table
      caption="Attempts"
      stacks
      head={[
        { label: 'Attempt', numeric: true },
        'End',
        'Machine',
        'GPUs',
        'Started',
        'Ran for',
        { label: 'GPU-hours', numeric: true },
        { label: 'GPU use', numeric: true },
        { label: 'Energy', numeric: true },
        { label: 'Peak memory', numeric: true },
      ]}
    >
      {attempts.toReversed().map((run) => (
        <tr key={run.attempt} aria-current={run.attempt === shown || undefined}>
          <th scope="row" className="text-right font-medium tabular-nums">
            {attempts.length > 1 && run.attempt !== shown ? (
              <Link href={`/jobs/${jobId}?attempt=${run.attempt}`} className="underline">
                {run.attempt}
              </Link>
            ) : (
              run.attempt
            )}
          </th>
          <td data-wide>
            <End run={run} />
          </td>
          <td data-wide>{machines.find(({ id }) => id === run.connection_id)?.name ?? UNKNOWN}</td>
          <td className="whitespace-nowrap tabular-nums">
            {run.gpu_indices.length > 0 ? run.gpu_indices.join(', ') : 'none'}
          </td>
          <td className="whitespace-nowrap">
            {run.started_at ? <TimeAgo at={run.started_at} /> : 'not yet'}
          </td>
          <td className="whitespace-nowrap tabular-nums">
            <Elapsed from={run.started_at} to={run.ended_at} now={now} />
          </td>
          <td className="text-right tabular-nums">{number(run.usage.gpu_hours, '', 2)}</td>
          <td className="text-right tabular-nums">{number(run.usage.gpu_utilization, ' %')}</td>
          <td className="whitespace-nowrap text-right tabular-nums">
            {number(run.usage.energy_kwh, ' kWh', 2)}
          </td>
          <td className="whitespace-nowrap text-right tabular-nums">
            {gib(run.usage.peak_gpu_memory_mb)}
          </td>
        </tr>
      ))}
    </Table>
  )
}

const TONES: Partial<Record<string, Tone>> = { exit_zero: 'good', cancelled_by_user: 'ended' }

function End({ run }: { run: JobAttempt }) {
  const { phase, end_reason, exit_code, exit_signal } = run
  if (phase !== 'ended' || end_reason === null) return <Status tone="busy">{phase}</Status>
  const exit = exit_signal
    ? ` (${exit_signal})`
    : exit_code === null || end_reason === 'exit_zero'
      ? ''
      : ` (exit ${exit_code})`
  return (
    <Status tone={TONES[end_reason] ?? 'bad'}>{`${end_reason.replaceAll('_', ' ')}${exit}`}</Status>
  )
}

import type { Job } from '@/lib/dgx/jobs/records'
import { UNKNOWN } from '../format'
import { Elapsed } from '../ui/elapsed'
import { TimeAgo } from '../ui/time'

/** When a job was created, started and ended, and how long it waited and ran. */
export function JobTiming({ job, now }: { job: Job; now: number }) {
  const { created_at, started_at, completed_at } = job
  const facts = [
    ['Created', <TimeAgo key="created" at={created_at} />, null],
    [
      'Started',
      started_at ? <TimeAgo key="started" at={started_at} /> : completed_at ? 'never' : 'not yet',
      <>
        {started_at || completed_at ? 'waited' : 'waiting for'}{' '}
        <Elapsed from={created_at} to={started_at ?? completed_at} now={now} />
      </>,
    ],
    ['Ended', completed_at ? <TimeAgo key="ended" at={completed_at} /> : UNKNOWN, null],
    [
      'Ran for',
      <Elapsed key="ran" from={started_at} to={completed_at} now={now} />,
      completed_at ? null : started_at && 'so far',
    ],
  ] as const
  return (
    <dl className="grid grid-cols-2 gap-3 md:grid-cols-4">
      {facts.map(([label, value, note]) => (
        <div key={label} className="rounded-lg border border-line bg-raised px-4 py-3">
          <dt className="text-soft text-xs">{label}</dt>
          <dd className="mt-1 font-medium tabular-nums">
            {value}
            {note && <span className="block font-normal text-soft text-xs">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

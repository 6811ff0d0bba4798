import Link from 'next/link'
import { duration } from '../format'
import type { Bar, Lane } from './lanes'

const LOOKS: Record<string, string> = {
  good: 'bg-good-surface border-good/50 text-good',
  bad: 'bg-bad-surface border-bad/50 text-bad',
  busy: 'bg-info-surface border-info/60 text-info',
  ended: 'bg-sunken border-line-strong/50 text-soft',
}
/** In less of the width than this, percent, a name cannot be read. */
const LEAST_NAMED = 4

/** Which job held each GPU of a machine in the last hours. */
export function Timeline({
  machine,
  lanes,
  hours,
}: {
  machine: string
  lanes: Lane[]
  hours: number
}) {
  const ticks = [1, 0.75, 0.5, 0.25, 0]
  return (
    <section aria-label={`The last ${hours} hours of ${machine}`} className="flex flex-col gap-1">
      {lanes.map((lane) => (
        <div key={lane.key} className="flex items-center gap-2">
          <span className="w-14 shrink-0 text-soft text-xs tabular-nums">{lane.label}</span>
          <ul
            aria-label={lane.label || 'No GPU'}
            className="relative h-6 min-w-0 flex-1 overflow-hidden rounded-sm bg-sunken"
          >
            {lane.bars.map((bar) => (
              <TimelineBar key={`${bar.run.job_id} ${bar.run.attempt}`} bar={bar} />
            ))}
          </ul>
        </div>
      ))}
      <div aria-hidden="true" className="ml-16 flex justify-between text-2xs text-soft">
        {ticks.map((part) => (
          <span key={part}>{part === 0 ? 'now' : `-${hours * part} h`}</span>
        ))}
      </div>
    </section>
  )
}

function TimelineBar({ bar: { run, left, width } }: { bar: Bar }) {
  const state = run.to === null ? run.phase : (run.end_reason ?? 'ended').replaceAll('_', ' ')
  const ran = run.to
    ? `, ran for ${duration((Date.parse(run.to) - Date.parse(run.from)) / 1000)}`
    : ''
  const words = `${run.job_name}${run.attempt > 1 ? `, attempt ${run.attempt}` : ''}: ${state}${ran}`
  return (
    <li className="absolute inset-y-0" style={{ left: `${left}%`, width: `${width}%` }}>
      <Link
        href={`/jobs/${run.job_id}`}
        title={words}
        aria-label={words}
        className={`flex h-full items-center overflow-hidden rounded-sm border px-1 text-2xs hover:underline focus-visible:-outline-offset-2 ${LOOKS[toneOf(run)]}`}
      >
        {width >= LEAST_NAMED && <span className="truncate">{run.job_name}</span>}
      </Link>
    </li>
  )
}

function toneOf({ to, end_reason }: Bar['run']): string {
  if (to === null) return 'busy'
  if (end_reason === 'exit_zero') return 'good'
  return end_reason === 'cancelled_by_user' ? 'ended' : 'bad'
}

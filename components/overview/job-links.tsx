import Link from 'next/link'
import type { FleetJob } from './fleet'

const MOST = 2

/** The jobs that run on a machine; the first ones by name. */
export function JobLinks({ jobs }: { jobs: readonly FleetJob[] }) {
  if (jobs.length === 0) return null
  return (
    <span className="relative z-10 flex min-w-0 flex-wrap gap-x-2">
      {jobs.slice(0, MOST).map(({ id, name }) => (
        <Link key={id} href={`/jobs/${id}`} className="max-w-48 truncate underline hover:text-ink">
          {name}
        </Link>
      ))}
      {jobs.length > MOST && <span>and {jobs.length - MOST} more jobs</span>}
    </span>
  )
}

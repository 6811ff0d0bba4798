import Link from 'next/link'
import type { JobActivity } from '@/lib/dgx/jobs/activity'
import type { Project } from '@/lib/dgx/projects/answers'
import { STATUSES } from '../jobs/job-filters'
import { JobStatus } from '../ui/status'
import { TimeAgo } from '../ui/time'

/** A project with what its jobs are at. */
export function ProjectCard({
  project,
  machine,
  activity,
}: {
  project: Project
  machine: { id: string; name: string } | undefined
  activity: JobActivity | undefined
}) {
  const counts = STATUSES.flatMap((status) => {
    const count = activity?.counts[status]
    return count ? [{ status, count }] : []
  })
  return (
    <article className="flex min-w-0 flex-col gap-2 rounded-lg border border-line bg-raised p-4">
      <div>
        <h2 className="break-words font-semibold">
          <Link href={`/projects/${project.id}`} className="hover:underline">
            {project.name}
          </Link>
        </h2>
        <p className="flex flex-wrap gap-x-3 text-soft text-xs">
          <span>{project.project_type.replaceAll('_', ' ')}</span>
          {machine && (
            <Link href={`/connections/${machine.id}`} className="underline">
              {machine.name}
            </Link>
          )}
        </p>
      </div>
      {project.description && (
        <p className="line-clamp-2 break-words text-soft">{project.description}</p>
      )}
      <ul className="mt-auto flex flex-wrap gap-x-4 gap-y-1 pt-1 text-xs" aria-label="Jobs">
        {counts.length === 0 && <li className="text-soft">no jobs</li>}
        {counts.map(({ status, count }) => (
          <li key={status} className="flex gap-1">
            <span className="font-mono tabular-nums">{count}</span>
            <JobStatus status={status} />
          </li>
        ))}
      </ul>
      <p className="text-soft text-xs">
        Last activity <TimeAgo at={activity?.last_change_at ?? project.updated_at} />
      </p>
    </article>
  )
}

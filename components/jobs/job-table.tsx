import Link from 'next/link'
import type { Job } from '@/lib/dgx/jobs/records'
import { between, UNKNOWN } from '../format'
import { JobStatus } from '../ui/status'
import { Table } from '../ui/table'
import { TimeAgo } from '../ui/time'

export function JobTable({
  jobs,
  projectNames,
}: {
  jobs: Job[]
  projectNames?: ReadonlyMap<string, string>
}) {
  const now = Date.now()
  return (
    <Table
      caption="Jobs"
      head={['Job', ...(projectNames ? ['Project'] : []), 'Model', 'Status', 'Created', 'Ran for']}
    >
      {jobs.map((job) => (
        <tr key={job.id}>
          <td className="font-medium">
            <Link href={`/jobs/${job.id}`} className="hover:underline">
              {job.name}
            </Link>
          </td>
          {projectNames && (
            <td>{(job.project_id && projectNames.get(job.project_id)) ?? UNKNOWN}</td>
          )}
          <td>{job.model_name ?? UNKNOWN}</td>
          <td>
            <JobStatus status={job.status} />
          </td>
          <td className="whitespace-nowrap">
            <TimeAgo at={job.created_at} />
          </td>
          <td className="whitespace-nowrap tabular-nums">
            {between(job.started_at, job.completed_at, now)}
          </td>
        </tr>
      ))}
    </Table>
  )
}

import Link from 'next/link'
import type { QueueEntry } from '@/lib/dgx/jobs/queue-answers'
import { UNKNOWN } from '../format'
import { withoutCall } from '../jobs/without-call'
import { Table } from '../ui/table'
import { TimeAgo } from '../ui/time'

/** The jobs that wait, in the order of their turns, each with why and what would start it. */
export function QueueTable({
  entries,
  machineNames,
}: {
  entries: readonly QueueEntry[]
  machineNames: ReadonlyMap<string, string>
}) {
  const where = (ids: readonly string[]) =>
    ids.map((id) => (id === 'any' ? 'any machine' : (machineNames.get(id) ?? 'deleted'))).join(', ')
  return (
    <Table
      caption="Jobs that wait"
      head={[
        { label: 'Turn', numeric: true },
        'Job',
        'Why it waits',
        'Machine',
        { label: 'GPUs', numeric: true },
        { label: 'Priority', numeric: true },
        'Waits since',
      ]}
    >
      {entries.map((entry) => (
        <tr key={entry.job_id}>
          <td className="text-right tabular-nums">{entry.position ?? 'held'}</td>
          <th scope="row" className="min-w-28 font-medium">
            <Link href={`/jobs/${entry.job_id}`} className="break-words hover:underline">
              {entry.name}
            </Link>
          </th>
          <td className="min-w-52 max-w-prose">
            {entry.status_message && withoutCall(entry.status_message)}
            {entry.position !== null && (
              <span className="block text-soft text-xs">
                Starts when {withoutCall(entry.starts_when)}.
              </span>
            )}
          </td>
          <td>{where(entry.connection_ids)}</td>
          <td className="text-right tabular-nums">
            {entry.gpu_indices ? entry.gpu_indices.join(', ') : entry.gpus}
          </td>
          <td className="text-right tabular-nums">{entry.priority}</td>
          <td className="whitespace-nowrap">
            {entry.queued_at ? <TimeAgo at={entry.queued_at} /> : UNKNOWN}
          </td>
        </tr>
      ))}
    </Table>
  )
}

import Link from 'next/link'
import type { QueueEntry } from '@/lib/dgx/jobs/queue-answers'
import { UNKNOWN } from '../format'
import { withoutCall } from '../jobs/without-call'
import { TimeAgo } from '../ui/time'

/** What a card has in its last line. */
const ON_CARD = 'max-xl:text-soft max-xl:text-xs'
/** With widths, so that one long name does not squeeze the reasons. */
const HEAD = [
  { label: 'Turn', width: 'w-14' },
  { label: 'Job', width: 'w-[23%]' },
  { label: 'Why it waits', width: '' },
  { label: 'Machine', width: 'w-32' },
  { label: 'GPUs', width: 'w-20' },
  { label: 'Priority', width: 'w-20' },
  { label: 'Waits since', width: 'w-36' },
]

/**
 * The jobs that wait, in the order of their turns, each with why and what would start it. A table;
 * on a narrow screen each row is a card.
 */
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
    <table className="w-full border-collapse text-left max-xl:block xl:table-fixed">
      <caption className="sr-only">Jobs that wait</caption>
      <thead className="max-xl:hidden">
        <tr className="text-soft text-xs">
          {HEAD.map(({ label, width }) => (
            <th
              key={label}
              scope="col"
              className={`h-8 whitespace-nowrap border-line border-b px-3 font-medium first:pl-4 last:pr-4 ${width}`}
            >
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-xl:flex max-xl:flex-col [&>tr:last-child]:border-b-0 xl:[&>tr>*]:px-3 xl:[&>tr>*]:py-2 xl:[&>tr>*:first-child]:pl-4 xl:[&>tr>*:last-child]:pr-4">
        {entries.map((entry) => (
          <tr
            key={entry.job_id}
            className="border-line border-b align-top transition-colors hover:bg-sunken/60 max-xl:flex max-xl:flex-wrap max-xl:gap-x-3 max-xl:gap-y-1 max-xl:py-3 max-xl:pr-4 max-xl:pl-15"
          >
            <td className="text-soft tabular-nums max-xl:-ml-11 max-xl:w-8">
              {entry.position ?? 'held'}
            </td>
            <th scope="row" className="font-medium max-xl:w-full">
              <Link href={`/jobs/${entry.job_id}`} className="wrap-anywhere hover:underline">
                {entry.name}
              </Link>
            </th>
            <td className="max-w-prose max-xl:w-full">
              <span className="wrap-anywhere">
                {entry.status_message && withoutCall(entry.status_message)}
              </span>
              {entry.position !== null && (
                <span className="wrap-anywhere block text-soft text-xs">
                  Starts when {withoutCall(entry.starts_when)}.
                </span>
              )}
            </td>
            <td className={`wrap-anywhere ${ON_CARD}`}>{where(entry.connection_ids)}</td>
            <td className={`tabular-nums ${ON_CARD}`}>
              <span className="xl:hidden">{entry.gpu_indices ? 'GPU ' : 'GPUs: '}</span>
              {entry.gpu_indices ? entry.gpu_indices.join(', ') : entry.gpus}
            </td>
            <td
              className={`tabular-nums ${ON_CARD} ${entry.priority === 0 ? 'max-xl:hidden' : ''}`}
            >
              <span className="xl:hidden">Priority </span>
              {entry.priority}
            </td>
            <td className={`whitespace-nowrap ${ON_CARD}`}>
              {entry.queued_at ? <TimeAgo at={entry.queued_at} /> : UNKNOWN}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

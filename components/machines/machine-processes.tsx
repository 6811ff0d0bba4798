import Link from 'next/link'
import type { GpuSample } from '@/lib/dgx/gpu/types'
import { gib, UNKNOWN } from '../format'
import { Table } from '../ui/table'

/** Who holds memory of which GPU, and for which job. */
export function MachineProcesses({
  gpus,
  jobNames,
}: {
  gpus: GpuSample[]
  /** Names of jobs by their id, as far as they are known. */
  jobNames: Record<string, string>
}) {
  const rows = gpus.flatMap((gpu) => gpu.processes.map((process) => ({ gpu, process })))
  if (rows.length === 0) return <p className="p-4 text-soft">No process holds GPU memory.</p>
  return (
    <Table
      caption="Processes on the GPUs"
      stacks
      head={[
        'GPU',
        { label: 'PID', numeric: true },
        'User',
        { label: 'Memory', numeric: true },
        'Job',
        'Command',
      ]}
    >
      {rows.map(({ gpu, process }) => (
        <tr key={`${gpu.uuid} ${process.pid}`}>
          <td className="tabular-nums">{gpu.index ?? '?'}</td>
          <td className="text-right tabular-nums">{process.pid}</td>
          <td>{process.user ?? UNKNOWN}</td>
          <td className="whitespace-nowrap text-right tabular-nums">
            {gib(process.memory_used_mb)}
          </td>
          <td>
            {process.job_id ? (
              <Link href={`/jobs/${process.job_id}`} className="text-accent underline">
                {jobNames[process.job_id] ?? 'open'}
              </Link>
            ) : (
              <span className="text-soft">{UNKNOWN}</span>
            )}
          </td>
          <td
            data-wide
            className="w-full max-w-0 min-w-56 truncate font-mono text-xs leading-5"
            title={process.command ?? process.name}
          >
            {process.command ?? process.name}
          </td>
        </tr>
      ))}
    </Table>
  )
}

import Link from 'next/link'
import type { GpuSample } from '@/lib/dgx/gpu/types'
import { gib, UNKNOWN } from '../format'
import { Table } from '../ui/table'

/** Who holds memory of which GPU, and for which job. */
export function MachineProcesses({ gpus }: { gpus: GpuSample[] }) {
  const rows = gpus.flatMap((gpu) => gpu.processes.map((process) => ({ gpu, process })))
  if (rows.length === 0) return <p className="text-soft">No process holds GPU memory.</p>
  return (
    <Table
      caption="Processes on the GPUs"
      head={['GPU', 'PID', 'User', 'Memory', 'Job', 'Command']}
    >
      {rows.map(({ gpu, process }) => (
        <tr key={`${gpu.uuid} ${process.pid}`}>
          <td className="tabular-nums">{gpu.index ?? '?'}</td>
          <td className="font-mono tabular-nums">{process.pid}</td>
          <td>{process.user ?? UNKNOWN}</td>
          <td className="whitespace-nowrap tabular-nums">{gib(process.memory_used_mb)}</td>
          <td>
            {process.job_id ? (
              <Link href={`/jobs/${process.job_id}`} className="text-accent underline">
                open
              </Link>
            ) : (
              <span className="text-soft">{UNKNOWN}</span>
            )}
          </td>
          <td
            className="max-w-md truncate font-mono text-xs"
            title={process.command ?? process.name}
          >
            {process.command ?? process.name}
          </td>
        </tr>
      ))}
    </Table>
  )
}

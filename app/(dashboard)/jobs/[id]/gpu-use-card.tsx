import Link from 'next/link'
import { GpuUse } from '@/components/jobs/gpu-use'
import { Card } from '@/components/ui/card'
import { getMetricsHistory } from '@/lib/dgx'

/** The longest range that history answers. */
const YEAR_MS = 8_784 * 3_600_000
/** Few, because there may be eight lines. */
const POINTS = 120

/** GPU use of a machine between a job's start and its end, or now; with `uuids` of those GPUs only. */
export async function GpuUseCard({
  machine,
  startedAt,
  endedAt,
  uuids,
}: {
  machine: { id: string; name: string; sample_interval_ms: number }
  startedAt: string
  endedAt: string | null
  uuids: string[] | null
}) {
  if (uuids?.length === 0) return null
  const to = endedAt ? new Date(endedAt) : new Date()
  const from = new Date(Math.max(Date.parse(startedAt), to.getTime() - YEAR_MS))
  if (from >= to) return null
  const query = { from, to, points: POINTS, format: 'json' } as const
  const history = await getMetricsHistory({ id: machine.id, ...query })
  const { meta } = history
  const rows = history.rows.filter(({ gpu_uuid }) => !uuids || uuids.includes(gpu_uuid))
  return (
    <Card
      title="GPU use during its run"
      actions={
        <Link href={`/connections/${machine.id}`} className="text-accent hover:underline">
          {machine.name}
        </Link>
      }
    >
      {rows.length === 0 ? (
        <p className="text-soft">
          Nothing was recorded on {machine.name} in that time: it was not connected then, or it is
          longer ago than history is kept.
        </p>
      ) : (
        <GpuUse rows={rows} meta={meta} sampleIntervalMs={machine.sample_interval_ms} />
      )}
    </Card>
  )
}

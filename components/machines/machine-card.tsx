import Link from 'next/link'
import type { ConnectionWithStatus } from '@/lib/dgx/connections/service'
import type { GpuSample, Metrics } from '@/lib/dgx/gpu/types'
import { gib, gibOf, number } from '../format'
import { MEMORY_LIMITS, Meter, TEMPERATURE_LIMITS } from '../ui/meter'
import { ConnectionStatus, Status } from '../ui/status'
import { HEALTH_TONE, isFree, shortName } from './gpu-summary'

/** One machine at a glance; the whole card leads to it. */
export function MachineCard({
  connection,
  metrics,
}: {
  connection: ConnectionWithStatus
  metrics: Metrics | null
}) {
  const gpus =
    connection.status === 'connected' || connection.status === 'reconnecting'
      ? (metrics?.gpus ?? [])
      : []
  const troubled = gpus.filter((gpu) => gpu.health.status !== 'ok')
  const [first] = gpus
  return (
    <article className="relative flex min-w-0 flex-col gap-3 rounded-lg border border-line bg-raised p-4 hover:border-line-strong">
      <header className="flex items-start justify-between gap-2">
        <div className="min-w-0">
          <h2 className="truncate font-semibold text-base">
            <Link
              href={`/connections/${connection.id}`}
              className="after:absolute after:inset-0 after:rounded-lg"
            >
              {connection.name}
            </Link>
          </h2>
          <p className="truncate text-soft text-xs">
            {first
              ? `${gpus.length > 1 ? `${gpus.length} × ` : ''}${shortName(first.name)}`
              : `${connection.username}@${connection.hostname}`}
          </p>
        </div>
        <ConnectionStatus status={connection.status} />
      </header>

      {connection.last_error && (
        <p className="line-clamp-3 text-bad text-xs">{connection.last_error.message}</p>
      )}
      {metrics?.stale && gpus.length > 0 && (
        <p className="text-warn text-xs">
          These values are old: no fresh sample has come for a while.
        </p>
      )}
      {metrics?.errors[0] && connection.status === 'connected' && (
        <p className="text-warn text-xs">{metrics.errors[0].message}</p>
      )}

      {gpus.length === 1 && first && <SingleGpu gpu={first} />}
      {gpus.length > 1 && <GpuRows gpus={gpus} />}

      {gpus.length > 0 && (
        <footer className="mt-auto flex flex-wrap gap-x-4 gap-y-1 pt-1 text-soft text-xs">
          <span>
            {gpus.filter(isFree).length} of {gpus.length} free
          </span>
          <span>CPU {number(metrics?.host.cpu_utilization, ' %')}</span>
          <span>
            RAM {gib(metrics?.host.memory_available_mb)} free of{' '}
            {gib(metrics?.host.memory_total_mb)}
          </span>
          {troubled.length > 0 && <HealthBadge gpus={troubled} />}
        </footer>
      )}
    </article>
  )
}

function HealthBadge({ gpus }: { gpus: GpuSample[] }) {
  const reasons = gpus.flatMap((gpu) =>
    gpu.health.reasons.map((reason) => `GPU ${gpu.index ?? '?'}: ${reason.message}`),
  )
  const isFault = gpus.some((gpu) => gpu.health.status === 'fault')
  return (
    <Status tone={HEALTH_TONE[isFault ? 'fault' : 'warning']} title={reasons.join('\n')}>
      {`${gpus.length} ${isFault ? 'faulty' : 'with a warning'}`}
    </Status>
  )
}

function SingleGpu({ gpu }: { gpu: GpuSample }) {
  const isUnified = gpu.memory_kind === 'unified'
  const used = isUnified ? usedOfPool(gpu) : gpu.memory_used_mb
  return (
    <div className="grid grid-cols-2 gap-x-4 gap-y-3">
      <Meter
        label="GPU"
        value={gpu.gpu_utilization}
        max={100}
        text={number(gpu.gpu_utilization, ' %')}
      />
      <Meter
        label="Memory"
        limits={MEMORY_LIMITS}
        value={used}
        max={gpu.memory_total_mb}
        text={gibOf(used, gpu.memory_total_mb)}
      />
      <Meter
        label="Temperature"
        limits={TEMPERATURE_LIMITS}
        value={gpu.temperature_c}
        max={100}
        text={number(gpu.temperature_c, ' °C')}
      />
      <Meter
        label="Power"
        value={gpu.power_watts}
        max={gpu.power_limit_watts}
        text={number(gpu.power_watts, ' W')}
      />
      {isUnified && (
        <p className="col-span-2 text-soft text-xs">
          Memory is unified with the host; GPU processes hold {gib(gpu.memory_used_mb)} of it.
        </p>
      )}
    </div>
  )
}

/** What is taken of a pool that CPU and GPU share, MiB. */
function usedOfPool(gpu: GpuSample): number | null {
  if (gpu.memory_total_mb === null || gpu.memory_available_mb === null) return null
  return gpu.memory_total_mb - gpu.memory_available_mb
}

function GpuRows({ gpus }: { gpus: GpuSample[] }) {
  return (
    <ul className="flex flex-col gap-1.5">
      {gpus.map((gpu) => (
        <li
          key={gpu.uuid}
          className="grid grid-cols-[1.25rem_1fr_1fr_2.75rem_3.25rem] items-end gap-2 text-xs"
        >
          <span className="text-soft tabular-nums" title={gpu.uuid}>
            {gpu.index ?? '?'}
          </span>
          <Meter
            label="GPU"
            value={gpu.gpu_utilization}
            max={100}
            text={number(gpu.gpu_utilization, ' %')}
          />
          <Meter
            label="Mem"
            value={gpu.memory_used_mb}
            limits={MEMORY_LIMITS}
            max={gpu.memory_total_mb}
            text={gib(gpu.memory_used_mb)}
          />
          <span className="text-right font-mono tabular-nums">
            {number(gpu.temperature_c, ' °C')}
          </span>
          <span className="text-right font-mono tabular-nums">{number(gpu.power_watts, ' W')}</span>
        </li>
      ))}
    </ul>
  )
}

import type { GpuSample, Metrics } from '@/lib/dgx/gpu/types'
import { gib, gibOf, number, UNKNOWN } from '../format'
import { MEMORY_LIMITS, Meter, TEMPERATURE_LIMITS } from '../ui/meter'
import { Status } from '../ui/status'
import { Table } from '../ui/table'
import { HEALTH_TONE, shortName } from './gpu-summary'

const WHY = { absent: 'This GPU does not report it.', fault: 'The GPU could not answer.' } as const

/** Every GPU of a machine with all that is known of it now. */
export function MachineGpus({ gpus }: { gpus: GpuSample[] }) {
  return (
    <div className="grid gap-3 md:grid-cols-2">
      {gpus.map((gpu) => (
        <GpuPanel key={gpu.uuid} gpu={gpu} />
      ))}
    </div>
  )
}

function GpuPanel({ gpu }: { gpu: GpuSample }) {
  const { details, health } = gpu
  const because = (field: string) => {
    const reason = gpu.null_reasons[field]
    return reason ? WHY[reason] : undefined
  }
  const facts: [label: string, value: string, field: string][] = [
    [
      'SM clock',
      `${number(gpu.sm_clock_mhz)} / ${number(gpu.sm_clock_max_mhz, ' MHz')}`,
      'sm_clock_mhz',
    ],
    ['State', gpu.pstate ?? UNKNOWN, 'pstate'],
    ['Memory activity', number(gpu.memory_activity, ' %'), 'memory_activity'],
    ['Fan', number(details?.fan_speed_percent, ' %'), 'fan_speed_percent'],
    ['Persistence', details?.persistence_mode ?? UNKNOWN, 'persistence_mode'],
    ['MIG', details?.mig_mode ?? UNKNOWN, 'mig_mode'],
    [
      'Throttling',
      gpu.throttle_reasons.filter((reason) => reason !== 'gpu_idle').join(', ') || 'none',
      '',
    ],
  ]
  return (
    <article
      className="flex min-w-0 flex-col gap-3 rounded-lg border border-line p-3"
      aria-label={`GPU ${gpu.index ?? '?'}`}
    >
      <header className="flex flex-wrap justify-between gap-2">
        <h3 className="font-medium" title={gpu.uuid}>
          GPU {gpu.index ?? '?'} · {shortName(gpu.name)}
        </h3>
        <Status tone={HEALTH_TONE[health.status]}>{health.status}</Status>
      </header>
      {health.reasons.map((reason) => (
        <p
          key={reason.code}
          className={`text-xs ${health.status === 'fault' ? 'text-bad' : 'text-warn'}`}
        >
          {reason.message}
        </p>
      ))}
      <div className="grid grid-cols-2 gap-x-4 gap-y-3">
        <div title={because('gpu_utilization')}>
          <Meter
            label="Utilisation"
            value={gpu.gpu_utilization}
            max={100}
            text={number(gpu.gpu_utilization, ' %')}
          />
        </div>
        <div title={because('memory_used_mb')}>
          <Meter
            label={gpu.memory_kind === 'unified' ? 'Held by GPU processes' : 'Memory'}
            limits={MEMORY_LIMITS}
            value={gpu.memory_used_mb}
            max={gpu.memory_total_mb}
            text={gibOf(gpu.memory_used_mb, gpu.memory_total_mb)}
          />
        </div>
        <div title={because('temperature_c')}>
          <Meter
            label="Temperature"
            value={gpu.temperature_c}
            limits={TEMPERATURE_LIMITS}
            max={100}
            text={number(gpu.temperature_c, ' °C')}
          />
        </div>
        <div title={because('power_watts') ?? because('power_limit_watts')}>
          <Meter
            label="Power"
            value={gpu.power_watts}
            max={gpu.power_limit_watts}
            text={`${number(gpu.power_watts)} / ${number(gpu.power_limit_watts, ' W')}`}
          />
        </div>
      </div>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-1 text-xs sm:grid-cols-3">
        {facts.map(([label, value, field]) => (
          <div key={label} title={because(field)}>
            <dt className="text-soft">{label}</dt>
            <dd className="break-words tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </article>
  )
}

export function MachineProcesses({ gpus }: { gpus: GpuSample[] }) {
  const rows = gpus.flatMap((gpu) => gpu.processes.map((process) => ({ gpu, process })))
  if (rows.length === 0) return <p className="text-soft">No process holds GPU memory.</p>
  return (
    <Table caption="Processes on the GPUs" head={['GPU', 'PID', 'User', 'Memory', 'Command']}>
      {rows.map(({ gpu, process }) => (
        <tr key={`${gpu.uuid} ${process.pid}`}>
          <td>{gpu.index ?? '?'}</td>
          <td className="font-mono">{process.pid}</td>
          <td>{process.user ?? UNKNOWN}</td>
          <td className="whitespace-nowrap tabular-nums">{gib(process.memory_used_mb)}</td>
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

/** The pool of a unified machine, and who has what of it. */
export function UnifiedMemory({ metrics }: { metrics: Metrics }) {
  const gpu = metrics.gpus.find((candidate) => candidate.memory_kind === 'unified')
  const { memory_total_mb, memory_available_mb, memory_cached_mb } = metrics.host
  if (!gpu || memory_total_mb === null || memory_available_mb === null) return null
  const held = gpu.memory_used_mb ?? 0
  const host = Math.max(0, memory_total_mb - memory_available_mb - held)
  const parts = [
    { label: 'GPU processes', mb: held, className: 'bg-accent' },
    { label: 'Host', mb: host, className: 'bg-warn' },
    { label: 'Available', mb: memory_available_mb, className: 'bg-sunken' },
  ]
  return (
    <div className="flex flex-col gap-2">
      <p>
        Unified memory, {gib(memory_total_mb)} shared by CPU and GPU
        {memory_cached_mb === null
          ? ''
          : `; ${gib(memory_cached_mb)} of what is available is page cache that gives way`}
        .
      </p>
      <div className="flex h-3 overflow-hidden rounded-full border border-line" aria-hidden="true">
        {parts.map(({ label, mb, className }) => (
          <div
            key={label}
            className={className}
            style={{ width: `${(100 * mb) / memory_total_mb}%` }}
          />
        ))}
      </div>
      <dl className="flex flex-wrap gap-x-6 gap-y-1 text-xs">
        {parts.map(({ label, mb }) => (
          <div key={label} className="flex gap-2">
            <dt className="text-soft">{label}</dt>
            <dd className="tabular-nums">{gib(mb)}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

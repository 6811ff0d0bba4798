import type { GpuSample } from '@/lib/dgx/gpu/types'
import { gibOf, number, UNKNOWN } from '../format'
import { MEMORY_LIMITS, Meter, TEMPERATURE_LIMITS } from '../ui/meter'
import { Status } from '../ui/status'
import { HEALTH_TONE, shortName } from './gpu-summary'

const WHY = { absent: 'This GPU does not report it.', fault: 'The GPU could not answer.' } as const

/** Every GPU of a machine with all that is known of it now. */
export function MachineGpus({ gpus }: { gpus: GpuSample[] }) {
  return (
    <div className={`grid gap-3 ${gpus.length > 1 ? 'md:grid-cols-2' : ''}`}>
      {gpus.map((gpu) => (
        <GpuPanel key={gpu.uuid} gpu={gpu} isAlone={gpus.length === 1} />
      ))}
    </div>
  )
}

function GpuPanel({ gpu, isAlone }: { gpu: GpuSample; isAlone: boolean }) {
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
      <div className={`grid grid-cols-2 gap-x-4 gap-y-3 ${isAlone ? 'md:grid-cols-4' : ''}`}>
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
      <dl className="grid grid-cols-2 gap-x-4 gap-y-1 text-xs sm:grid-cols-4">
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

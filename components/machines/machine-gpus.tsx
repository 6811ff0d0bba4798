import type { ComponentProps } from 'react'
import type { GpuSample, Metrics } from '@/lib/dgx/gpu/types'
import { gib, gibOf, number, UNKNOWN } from '../format'
import { cn } from '../ui/cn'
import { MEMORY_LIMITS, Meter, TEMPERATURE_LIMITS } from '../ui/meter'
import { Status } from '../ui/status'
import { HEALTH_TONE, shortName } from './gpu-summary'

const WHY = { absent: 'This GPU does not report it.', fault: 'The GPU could not answer.' } as const

/** Every GPU of a machine with all that is known of it now: one at ease, several as lines. */
export function MachineGpus({ metrics }: { metrics: Metrics }) {
  const { gpus } = metrics
  const [first] = gpus
  return gpus.length === 1 && first ? <OnlyGpu gpu={first} /> : <GpuLines metrics={metrics} />
}

function OnlyGpu({ gpu }: { gpu: GpuSample }) {
  return (
    <article className="flex min-w-0 flex-col gap-4" aria-label={`GPU ${gpu.index ?? '?'}`}>
      <header className="flex flex-wrap justify-between gap-2">
        <h3 className="font-medium" title={gpu.uuid}>
          GPU {gpu.index ?? '?'} · {shortName(gpu.name)}
        </h3>
        <GpuHealth gpu={gpu} />
      </header>
      <div className="grid grid-cols-2 gap-x-6 gap-y-3 md:grid-cols-4">
        {metersOf(gpu).map(({ why, ...meter }) => (
          <div key={meter.label} title={why}>
            <Meter {...meter} />
          </div>
        ))}
      </div>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-2 text-xs sm:grid-cols-3 lg:grid-cols-5">
        {factsOf(gpu).map(({ label, value, why }) => (
          <div key={label} title={why}>
            <dt className="text-soft">{label}</dt>
            <dd className="break-words tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </article>
  )
}

const LINE = 'col-span-full grid grid-cols-subgrid items-center border-line border-b py-2'
/** Facts have room beside the meters on a wide screen only. */
const FACT = 'hidden whitespace-nowrap text-right text-xs tabular-nums lg:block'

/** A line per GPU, so that what differs stands under each other. */
function GpuLines({ metrics: { gpus, free_gpu_uuids } }: { metrics: Metrics }) {
  const facts = gpus.map(factsOf)
  // What none of them says needs no column.
  const shown = (facts[0] ?? []).flatMap(({ label }, i) =>
    facts.some((each) => each[i]?.value !== UNKNOWN) ? [{ label, i }] : [],
  )
  return (
    <div
      className="grid grid-cols-[auto_repeat(4,minmax(0,1fr))] gap-x-3 sm:gap-x-5 lg:grid-cols-(--with-facts)"
      style={
        {
          '--with-facts': `auto repeat(4, minmax(0, 1fr)) repeat(${shown.length}, auto)`,
        } as React.CSSProperties
      }
    >
      <div aria-hidden="true" className={cn(LINE, 'pt-0 text-right text-soft text-xs')}>
        <span className="text-left">GPU</span>
        <span>
          Util<span className="max-sm:hidden">isation</span>
        </span>
        <span>Memory</span>
        <span>
          Temp<span className="max-sm:hidden">erature</span>
        </span>
        <span>Power</span>
        {shown.map(({ label }) => (
          <span key={label} className={FACT}>
            {label}
          </span>
        ))}
      </div>
      {gpus.map((gpu, row) => (
        <article
          key={gpu.uuid}
          aria-label={`GPU ${gpu.index ?? '?'}`}
          className={cn(
            LINE,
            'last:border-b-0 last:pb-0',
            free_gpu_uuids.includes(gpu.uuid) && 'text-soft',
          )}
        >
          <h3 title={`${shortName(gpu.name)}, ${gpu.uuid}`} className="flex items-center gap-2">
            <span className="font-medium text-ink tabular-nums">{gpu.index ?? '?'}</span>
            <GpuHealth gpu={gpu} />
          </h3>
          {metersOf(gpu).map(({ why, ...meter }) => (
            <div key={meter.label} title={why}>
              <Meter {...meter} bare />
            </div>
          ))}
          {shown.map(({ label, i }) => (
            <span key={label} className={FACT} title={facts[row]?.[i]?.why}>
              <span className="sr-only">{label} </span>
              {facts[row]?.[i]?.value}
            </span>
          ))}
        </article>
      ))}
    </div>
  )
}

/** In words, on a narrow screen as a mark; the reasons stand at the top of the page. */
function GpuHealth({ gpu: { health } }: { gpu: GpuSample }) {
  return (
    <span className="text-xs max-sm:[&_span>span]:sr-only">
      <Status
        tone={HEALTH_TONE[health.status]}
        title={health.reasons.map(({ message }) => message).join('\n')}
      >
        {health.status}
      </Status>
    </span>
  )
}

function whyNull(gpu: GpuSample, field: string): string | undefined {
  const reason = gpu.null_reasons[field]
  return reason ? WHY[reason] : undefined
}

function metersOf(gpu: GpuSample): (ComponentProps<typeof Meter> & { why: string | undefined })[] {
  const limit = gpu.power_limit_watts
  return [
    {
      label: 'Utilization',
      value: gpu.gpu_utilization,
      max: 100,
      text: number(gpu.gpu_utilization, ' %'),
      why: whyNull(gpu, 'gpu_utilization'),
    },
    {
      label: gpu.memory_kind === 'unified' ? 'GPU memory' : 'Memory',
      value: gpu.memory_used_mb,
      max: gpu.memory_total_mb,
      text: gibOf(gpu.memory_used_mb, gpu.memory_total_mb),
      short: gib(gpu.memory_used_mb),
      limits: MEMORY_LIMITS,
      why:
        whyNull(gpu, 'memory_used_mb') ??
        (gpu.memory_kind === 'unified' ? 'What GPU processes hold of the shared pool.' : undefined),
    },
    {
      label: 'Temperature',
      value: gpu.temperature_c,
      max: 100,
      text: number(gpu.temperature_c, ' °C'),
      limits: TEMPERATURE_LIMITS,
      why: whyNull(gpu, 'temperature_c'),
    },
    {
      label: 'Power',
      value: gpu.power_watts,
      max: limit,
      short: number(gpu.power_watts, ' W'),
      text:
        limit === null
          ? number(gpu.power_watts, ' W')
          : `${number(gpu.power_watts)} / ${number(limit, ' W')}`,
      why:
        whyNull(gpu, 'power_watts') ??
        (limit === null
          ? 'This GPU reports no power limit, so there is no share of it.'
          : undefined),
    },
  ]
}

function factsOf(gpu: GpuSample): { label: string; value: string; why?: string | undefined }[] {
  const { details } = gpu
  const throttling = gpu.throttle_reasons.filter((reason) => reason !== 'gpu_idle')
  return [
    {
      label: 'SM clock',
      value:
        gpu.sm_clock_mhz === null
          ? UNKNOWN
          : `${number(gpu.sm_clock_mhz)} / ${number(gpu.sm_clock_max_mhz, ' MHz')}`,
      why: whyNull(gpu, 'sm_clock_mhz'),
    },
    { label: 'State', value: gpu.pstate ?? UNKNOWN, why: whyNull(gpu, 'pstate') },
    {
      label: 'Memory activity',
      value: number(gpu.memory_activity, ' %'),
      why: whyNull(gpu, 'memory_activity'),
    },
    {
      label: 'Fan',
      value: number(details?.fan_speed_percent, ' %'),
      why: whyNull(gpu, 'fan_speed_percent'),
    },
    { label: 'Throttling', value: throttling.join(', ') || 'none' },
  ]
}

import type { GpuSample } from '@/lib/dgx/gpu/types'
import type { RecentSample } from '@/lib/recent-sample'
import { gib, gibOf, number } from '../format'
import { MEMORY_LIMITS, Meter, TEMPERATURE_LIMITS, UNIFIED_LIMITS } from '../ui/meter'
import { Sparkline } from '../ui/sparkline'
import { usedMemoryMb } from './fleet-order'
import { gpuLine, hostLine, SPARK_POINTS } from './sparklines'

/** Where a power limit is not known, the line is drawn against its own peak. */
const LOWEST_PEAK_WATTS = 20

/** A machine's only GPU with room for all four values. */
export function SingleGpu({ gpu, samples }: { gpu: GpuSample; samples: readonly RecentSample[] }) {
  const isUnified = gpu.memory_kind === 'unified'
  const used = usedMemoryMb(gpu)
  const power = gpuLine(samples, gpu.uuid, 'power_watts')
  const peak = Math.max(LOWEST_PEAK_WATTS, ...power.map((watts) => watts ?? 0))
  const parts = [
    {
      label: 'GPU',
      value: gpu.gpu_utilization,
      max: 100,
      text: number(gpu.gpu_utilization, ' %'),
      line: gpuLine(samples, gpu.uuid, 'gpu_utilization'),
    },
    {
      label: 'Memory',
      value: used,
      max: gpu.memory_total_mb,
      text: gibOf(used, gpu.memory_total_mb),
      limits: isUnified ? UNIFIED_LIMITS : MEMORY_LIMITS,
      line: isUnified
        ? hostLine(samples, 'memory_used_mb')
        : gpuLine(samples, gpu.uuid, 'memory_used_mb'),
    },
    {
      label: 'Temperature',
      value: gpu.temperature_c,
      max: 100,
      text: number(gpu.temperature_c, ' °C'),
      limits: TEMPERATURE_LIMITS,
      line: gpuLine(samples, gpu.uuid, 'temperature_c'),
    },
    {
      label: 'Power',
      value: gpu.power_watts,
      max: gpu.power_limit_watts ?? peak,
      text: number(gpu.power_watts, ' W'),
      line: power,
    },
  ]
  return (
    <>
      <div className="grid min-h-44 flex-1 grid-cols-2 gap-x-5 gap-y-4">
        {parts.map(({ line, ...meter }) => (
          <div key={meter.label} className="flex min-w-0 flex-col gap-1.5">
            <Meter {...meter} />
            <Sparkline
              values={line}
              max={meter.max ?? 0}
              slots={SPARK_POINTS}
              className="h-auto min-h-6 flex-1"
            />
          </div>
        ))}
      </div>
      {isUnified && (
        <p className="text-soft text-xs">
          Memory is unified with the host; GPU processes hold {gib(gpu.memory_used_mb)} of it.
        </p>
      )}
    </>
  )
}

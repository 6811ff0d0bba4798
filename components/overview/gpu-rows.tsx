import type { Metrics } from '@/lib/dgx/gpu/types'
import type { RecentSample } from '@/lib/recent-sample'
import { gib, number } from '../format'
import { MEMORY_LIMITS, TEMPERATURE_LIMITS, UNIFIED_LIMITS } from '../ui/meter'
import { Sparkline } from '../ui/sparkline'
import { gpuLine, SPARK_POINTS } from './sparklines'
import { ValueBar } from './value-bar'

/** Several GPUs, one line each. */
export function GpuRows({
  metrics: { gpus, free_gpu_uuids },
  samples,
}: {
  metrics: Metrics
  samples: readonly RecentSample[]
}) {
  return (
    <table className="w-full table-fixed">
      <thead>
        <tr className="text-soft text-xs [&_th]:pb-1 [&_th]:font-normal">
          <th scope="col" className="w-6 text-left">
            <span className="sr-only">GPU</span>
          </th>
          <th scope="col" className="whitespace-nowrap pl-2 text-left">
            5 min
          </th>
          <th scope="col" className="w-[19%] text-right">
            GPU
          </th>
          <th scope="col" className="w-[22%] text-right">
            Memory
          </th>
          <th scope="col" className="w-[17%] text-right">
            Temp
          </th>
          <th scope="col" className="w-[17%] text-right">
            Power
          </th>
        </tr>
      </thead>
      <tbody className="[&_td]:py-0.5 [&_td]:pl-2">
        {gpus.map((gpu) => {
          const isFree = free_gpu_uuids.includes(gpu.uuid)
          return (
            // What nobody uses stands back, so that the eye finds it.
            <tr key={gpu.uuid} className={isFree ? 'text-soft' : undefined}>
              <th scope="row" className="text-left font-normal text-soft text-xs tabular-nums">
                {gpu.index ?? '?'}
                {isFree && <span className="sr-only"> free</span>}
              </th>
              <td>
                <Sparkline
                  values={gpuLine(samples, gpu.uuid, 'gpu_utilization')}
                  max={100}
                  slots={SPARK_POINTS}
                />
              </td>
              <td>
                <ValueBar
                  text={number(gpu.gpu_utilization, ' %')}
                  share={share(gpu.gpu_utilization, 100)}
                />
              </td>
              <td>
                <ValueBar
                  text={gib(gpu.memory_used_mb)}
                  share={share(gpu.memory_used_mb, gpu.memory_total_mb)}
                  limits={gpu.memory_kind === 'unified' ? UNIFIED_LIMITS : MEMORY_LIMITS}
                />
              </td>
              <td>
                <ValueBar
                  text={number(gpu.temperature_c, ' °C')}
                  share={share(gpu.temperature_c, 100)}
                  limits={TEMPERATURE_LIMITS}
                />
              </td>
              <td>
                <ValueBar
                  text={number(gpu.power_watts, ' W')}
                  share={share(gpu.power_watts, gpu.power_limit_watts)}
                />
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function share(value: number | null, max: number | null): number | null {
  return value === null || !max ? null : value / max
}

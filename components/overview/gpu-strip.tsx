import type { GpuSample } from '@/lib/dgx/gpu/types'
import { number } from '../format'

/** One column per GPU, as high as it is busy. */
export function GpuStrip({ gpus }: { gpus: readonly GpuSample[] }) {
  const text = gpus
    .map((gpu) => `GPU ${gpu.index ?? '?'} ${number(gpu.gpu_utilization, ' %')}`)
    .join(', ')
  return (
    <span role="img" aria-label={text} title={text} className="flex h-6 items-end gap-0.5">
      {gpus.map((gpu) => (
        <span key={gpu.uuid} className="flex h-full w-2 items-end rounded-xs bg-track">
          <span
            className={`w-full rounded-xs ${gpu.health.status === 'fault' ? 'bg-bad' : 'bg-accent'}`}
            style={{
              height: gpu.health.status === 'fault' ? '100%' : `${gpu.gpu_utilization ?? 0}%`,
            }}
          />
        </span>
      ))}
    </span>
  )
}

import type { GpuSample } from '@/lib/dgx/gpu/types'
import { isFree } from '../machines/gpu-summary'
import { Badge } from '../ui/badge'

/** How many GPUs nobody uses: what most people look for first. */
export function FreeBadge({ gpus }: { gpus: readonly GpuSample[] }) {
  const free = gpus.filter(isFree).length
  return (
    <Badge tone={free > 0 ? 'accent' : 'plain'}>
      {free} of {gpus.length} free
    </Badge>
  )
}

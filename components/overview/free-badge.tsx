import type { Metrics } from '@/lib/dgx/gpu/types'
import { freeGpusOf } from '../machines/gpu-summary'
import { Badge } from '../ui/badge'

/** How many GPUs nobody uses: what most people look for first. */
export function FreeBadge({ metrics }: { metrics: Metrics }) {
  const free = freeGpusOf(metrics).length
  return (
    <Badge tone={free > 0 ? 'accent' : 'plain'}>
      {free} of {metrics.gpus.length} free
    </Badge>
  )
}

'use client'

import type { Metrics } from '@/lib/dgx/gpu/types'
import { HEALTH_TONE } from '../machines/gpu-summary'
import { Status } from '../ui/status'
import { Tooltip } from '../ui/tooltip'

/** How many GPUs are unwell, and why on hover and focus; nothing when all are well. */
export function HealthBadge({ metrics }: { metrics: Metrics }) {
  const unwell = metrics.gpus.filter((gpu) => gpu.health.status !== 'ok')
  const reasons = [
    ...unwell.flatMap((gpu) =>
      gpu.health.reasons.map((reason) => `GPU ${gpu.index ?? '?'}: ${reason.message}`),
    ),
    ...metrics.errors.map((error) => error.message),
  ]
  if (reasons.length === 0) return null
  const isFault = unwell.some((gpu) => gpu.health.status === 'fault')
  const text =
    unwell.length === 0 ? 'Warning' : `${unwell.length} ${isFault ? 'faulty' : 'with a warning'}`
  return (
    <Tooltip text={reasons.join('\n')}>
      {/* Above the link that covers the card. */}
      <button type="button" className="relative z-10 rounded-sm text-left">
        <Status tone={HEALTH_TONE[isFault ? 'fault' : 'warning']}>{text}</Status>
      </button>
    </Tooltip>
  )
}

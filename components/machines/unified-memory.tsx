import type { Metrics } from '@/lib/dgx/gpu/types'
import { gib } from '../format'
import { memoryParts } from './memory-parts'

const LOOKS = {
  gpu: { label: 'GPU processes', className: 'bg-accent' },
  host: { label: 'Host', className: 'bg-warn' },
  cache: { label: 'Cache', className: 'bg-line-strong/50' },
  free: { label: 'Free', className: 'bg-sunken' },
} as const

/** The pool that CPU and GPU of a unified machine share, and who has what of it. */
export function UnifiedMemory({ metrics }: { metrics: Metrics }) {
  const gpu = metrics.gpus.find((candidate) => candidate.memory_kind === 'unified')
  const parts = memoryParts(gpu?.memory_used_mb ?? null, metrics.host)
  const total = metrics.host.memory_total_mb
  if (!parts || !total) return <p className="text-soft">The host did not say how much it has.</p>
  return (
    <div className="flex flex-col gap-3">
      <div className="flex h-3 gap-px overflow-hidden rounded-full bg-line" aria-hidden="true">
        {parts.map(({ part, mb }) => (
          <div
            key={part}
            className={LOOKS[part].className}
            style={{ width: `${(100 * mb) / total}%` }}
          />
        ))}
      </div>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-2 sm:grid-cols-4">
        {parts.map(({ part, mb }) => (
          <div key={part}>
            <dt className="flex items-center gap-1.5 text-soft text-xs">
              <span
                aria-hidden="true"
                className={`size-2.5 rounded-xs border border-line ${LOOKS[part].className}`}
              />
              {LOOKS[part].label}
            </dt>
            <dd className="tabular-nums">{gib(mb)}</dd>
          </div>
        ))}
      </dl>
      <p className="text-soft text-xs">
        {gib(total)} unified memory, shared by CPU and GPU. The cache gives way when a process needs
        it.
      </p>
    </div>
  )
}

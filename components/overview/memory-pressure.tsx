import type { HostSample } from '@/lib/dgx/gpu/types'
import { gib } from '../format'

/** Percent of time tasks waited for memory; above this a unified machine is about to stall. */
const HIGH_PRESSURE = 10
/** A share of memory below which the next allocation may fail. */
const LOW_MEMORY = 0.05

/** What is left of the host's memory, and a warning where work waits for it. */
export function MemoryPressure({ host, isUnified }: { host: HostSample; isUnified: boolean }) {
  const { memory_available_mb, memory_total_mb, memory_pressure_some_avg10: pressure } = host
  const isLow =
    memory_available_mb !== null &&
    memory_total_mb !== null &&
    memory_available_mb < LOW_MEMORY * memory_total_mb
  const isHigh = isLow || (pressure !== null && pressure >= HIGH_PRESSURE)
  return (
    <span className={isHigh ? 'font-medium text-warn' : undefined}>
      {isUnified ? 'Unified memory' : 'RAM'} {gib(memory_available_mb)} free of{' '}
      {gib(memory_total_mb)}
      {isHigh && (isLow ? ', nearly full' : `, tasks wait ${pressure?.toFixed(0)} % of the time`)}
    </span>
  )
}

import type { HostSample } from '@/lib/dgx/gpu/types'
import { gib } from '../format'

/** Percent of time tasks waited for memory; above this a unified machine is about to stall. */
const HIGH_PRESSURE = 10
/** A share of memory below which the next allocation may fail. */
const LOW_MEMORY = 0.05

/** What is left of the host's memory, and a warning where work waits for it. */
export function MemoryPressure({ host, isUnified }: { host: HostSample; isUnified: boolean }) {
  const trouble = memoryTrouble(host)
  return (
    <span className={trouble ? 'font-medium text-warn' : undefined}>
      {isUnified ? 'Unified memory' : 'RAM'} {gib(host.memory_available_mb)} free of{' '}
      {gib(host.memory_total_mb)}
      {trouble && `, ${trouble}`}
    </span>
  )
}

/** What is wrong with the host's memory, in a few words; null when nothing is known to be. */
export function memoryTrouble(host: HostSample): string | null {
  const { memory_available_mb, memory_total_mb, memory_pressure_some_avg10: pressure } = host
  const isLow =
    memory_available_mb !== null &&
    memory_total_mb !== null &&
    memory_available_mb < LOW_MEMORY * memory_total_mb
  if (isLow) return 'nearly full'
  const isHigh = pressure !== null && pressure >= HIGH_PRESSURE
  return isHigh ? `tasks wait ${pressure.toFixed(0)} % of the time` : null
}

import type { HostSample } from '@/lib/dgx/gpu/types'
import { bytesPerSecond, duration, gib, gibOf, number, UNKNOWN } from '../format'
import { Meter } from '../ui/meter'

/** Percent of the root file system. */
const DISK_LIMITS = { warn: 85, bad: 95 }
/** Percent of memory that a new process cannot have. */
const MEMORY_LIMITS = { warn: 85, bad: 95 }

export function HostFacts({ host }: { host: HostSample }) {
  const { memory_total_mb: total, memory_available_mb: available } = host
  const used = total === null || available === null ? null : total - available
  const facts: [string, string][] = [
    ['Hostname', host.hostname ?? UNKNOWN],
    ['Driver', host.driver_version ?? UNKNOWN],
    ['Up for', duration(host.uptime_s)],
    ['Load', `${number(host.load_1m, '', 2)} of ${number(host.cpu_count)} cores`],
    ['Swap used', gib(host.swap_used_mb)],
    ['Memory pressure', number(host.memory_pressure_some_avg10, ' %', 1)],
    ['Network in', bytesPerSecond(host.network_rx_bytes_per_s)],
    ['Network out', bytesPerSecond(host.network_tx_bytes_per_s)],
  ]
  return (
    <div className="flex flex-col gap-4">
      <div className="grid grid-cols-1 gap-x-6 gap-y-3 sm:grid-cols-3">
        <Meter
          label="CPU"
          value={host.cpu_utilization}
          max={100}
          text={number(host.cpu_utilization, ' %')}
        />
        <Meter
          label="Memory"
          value={used}
          max={total}
          text={gibOf(used, total)}
          limits={MEMORY_LIMITS}
        />
        <Meter
          label="Disk /"
          value={host.disk_used_gb}
          max={host.disk_total_gb}
          text={`${number(host.disk_used_gb)} / ${number(host.disk_total_gb, ' GB')}`}
          limits={DISK_LIMITS}
        />
      </div>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4">
        {facts.map(([label, value]) => (
          <div key={label} className="min-w-0">
            <dt className="text-soft text-xs">{label}</dt>
            <dd className="break-words tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

import type { HostSample } from '@/lib/dgx/gpu/types'
import { bytesPerSecond, duration, gib, number } from '../format'

export function HostFacts({ host }: { host: HostSample }) {
  const facts: [string, string][] = [
    ['Hostname', host.hostname ?? '–'],
    ['Driver', host.driver_version ?? '–'],
    ['Up for', duration(host.uptime_s)],
    ['CPU', `${number(host.cpu_utilization, ' %')} of ${number(host.cpu_count)} cores`],
    ['Load', number(host.load_1m, '', 2)],
    ['Memory free', `${gib(host.memory_available_mb)} of ${gib(host.memory_total_mb)}`],
    ['Swap used', gib(host.swap_used_mb)],
    ['Memory pressure', number(host.memory_pressure_some_avg10, ' %', 1)],
    ['Disk /', `${number(host.disk_used_gb)} of ${number(host.disk_total_gb, ' GB')}`],
    ['Network in', bytesPerSecond(host.network_rx_bytes_per_s)],
    ['Network out', bytesPerSecond(host.network_tx_bytes_per_s)],
  ]
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-3 lg:grid-cols-4">
      {facts.map(([label, value]) => (
        <div key={label} className="min-w-0">
          <dt className="text-soft text-xs">{label}</dt>
          <dd className="break-words tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

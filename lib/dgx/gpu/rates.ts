import type { HostReading } from './host'

/** What the difference of two readings gives. */
export type HostRates = {
  /** Percent, 0 to 100. */
  cpu_utilization: number | null
  network_rx_bytes_per_s: number | null
  network_tx_bytes_per_s: number | null
}

const UNKNOWN: HostRates = {
  cpu_utilization: null,
  network_rx_bytes_per_s: null,
  network_tx_bytes_per_s: null,
}

/**
 * Interfaces whose bytes another one carries (bridges, bonds, VLANs, containers, tunnels) or that
 * never leave the machine. Used where the machine does not say which are hardware.
 */
const VIRTUAL =
  /^(?:lo|veth|docker|br-|br\d|virbr|vnet|lxc|lxdbr|cni|flannel|cali|cilium|podman|kube|nodelocaldns|bond|team|vlan|macv|ipvl|dummy|ifb|tun|tap|wg|tailscale|zt|sit|ip6tnl|gre|vxlan)|[.@]/

/**
 * Rates between two readings of one machine, timed by that machine's own clock. Null for the
 * first reading and where a counter went backwards (a reboot, an interface that was reset).
 * @param physical interfaces that are hardware; empty: told by name
 */
export function hostRates(
  before: HostReading | null,
  now: HostReading,
  physical: readonly string[],
): HostRates {
  if (before === null) return UNKNOWN
  return { cpu_utilization: cpuUtilization(before, now), ...networkRates(before, now, physical) }
}

function cpuUtilization(before: HostReading, now: HostReading): number | null {
  if (before.cpu === null || now.cpu === null) return null
  const total = now.cpu.total - before.cpu.total
  // iowait may fall a little by itself, so idle can go backwards without a reboot.
  const idle = Math.max(0, now.cpu.idle - before.cpu.idle)
  if (total <= 0) return null
  return Math.round(Math.min(100, Math.max(0, (1 - idle / total) * 100)) * 10) / 10
}

function networkRates(
  before: HostReading,
  now: HostReading,
  physical: readonly string[],
): Omit<HostRates, 'cpu_utilization'> {
  const none = { network_rx_bytes_per_s: null, network_tx_bytes_per_s: null }
  if (before.uptime_s === null || now.uptime_s === null) return none
  const seconds = now.uptime_s - before.uptime_s
  if (seconds <= 0) return none
  let rx = 0
  let tx = 0
  let counted = 0
  for (const [name, counters] of now.interfaces) {
    const earlier = before.interfaces.get(name)
    const isCounted = physical.length > 0 ? physical.includes(name) : !VIRTUAL.test(name)
    if (earlier === undefined || !isCounted) continue
    if (counters.rx < earlier.rx || counters.tx < earlier.tx) return none
    rx += counters.rx - earlier.rx
    tx += counters.tx - earlier.tx
    counted++
  }
  if (counted === 0) return none
  return {
    network_rx_bytes_per_s: Math.round(rx / seconds),
    network_tx_bytes_per_s: Math.round(tx / seconds),
  }
}

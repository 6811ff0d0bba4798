import type { RecentGpu, RecentSample } from '../../recent-sample'
import { getHistory } from './history'
import type { HistoryRequest } from './history-series'
import { readHostHistory } from './host-history'

/** As long, and as many, as are kept in memory. */
const MINUTES = 10
const POINTS = 300

/**
 * The last ten minutes of a machine as they were stored, oldest first: what its live charts go on
 * from after a restart of the app. Clocks are not stored, so they are null.
 */
export async function readRecordedSamples(
  options: Pick<HistoryRequest, 'database' | 'connectionId' | 'retention' | 'now'>,
): Promise<RecentSample[]> {
  const request = { ...options, hours: MINUTES / 60, points: POINTS }
  const [gpus, host] = [await getHistory(request), await readHostHistory(request)]
  const gpusAt = new Map<string, RecentGpu[]>()
  for (const row of gpus.rows) {
    const { gpu_uuid: uuid, gpu_index: index } = row
    const { gpu_utilization, memory_used_mb, temperature_c, power_watts } = row
    const values = { gpu_utilization, memory_used_mb, temperature_c, power_watts }
    const gpu = { uuid, index, ...values, sm_clock_mhz: null }
    gpusAt.set(row.recorded_at, [...(gpusAt.get(row.recorded_at) ?? []), gpu])
  }
  const hostAt = new Map(host.rows.map((row) => [row.recorded_at, row]))
  return [...new Set([...gpusAt.keys(), ...hostAt.keys()])].sort().map((at) => {
    const row = hostAt.get(at)
    const [total, available] = [row?.memory_total_mb ?? null, row?.memory_available_mb ?? null]
    return {
      at: Date.parse(at),
      gpus: gpusAt.get(at) ?? null,
      host: {
        cpu_utilization: row?.cpu_utilization ?? null,
        load_1m: row?.load_1m ?? null,
        memory_used_mb: total === null || available === null ? null : total - available,
        disk_used_gb: row?.disk_used_gb ?? null,
        network_rx_bytes_per_s: row?.network_rx_bytes_per_s ?? null,
        network_tx_bytes_per_s: row?.network_tx_bytes_per_s ?? null,
      },
    }
  })
}

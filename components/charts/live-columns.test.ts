import { describe, expect, it } from 'vitest'
import type { RecentGpu, RecentSample } from '@/lib/recent-sample'
import { liveGpuColumns, liveHostColumns } from './live-columns'

const INTERVAL_MS = 2_000
const HOST = {
  cpu_utilization: 20,
  load_1m: 1.5,
  memory_used_mb: 1000,
  disk_used_gb: 900,
  network_rx_bytes_per_s: 0,
  network_tx_bytes_per_s: null,
}

const gpu = (index: number, utilization: number | null): RecentGpu => ({
  uuid: `GPU-${index}`,
  index,
  gpu_utilization: utilization,
  memory_used_mb: 10,
  temperature_c: 50,
  power_watts: 80,
  sm_clock_mhz: 1410,
})

const sample = (second: number, gpus: RecentGpu[] | null): RecentSample => ({
  at: second * 1000,
  gpus,
  host: HOST,
})

describe('liveGpuColumns', () => {
  it('gives each GPU its line, the clock too', () => {
    const { at, metrics } = liveGpuColumns(
      [sample(0, [gpu(1, 5), gpu(0, 9)]), sample(2, [gpu(0, 8), gpu(1, 6)])],
      INTERVAL_MS,
    )
    expect(at).toEqual([0, 2])
    expect(metrics.gpu_utilization).toEqual([{ average: [9, 8] }, { average: [5, 6] }])
    expect(metrics.sm_clock_mhz?.[0]?.average).toEqual([1410, 1410])
  })

  it('draws on over a sample in which nvidia-smi had nothing new', () => {
    const { at, metrics } = liveGpuColumns(
      [sample(0, [gpu(0, 1)]), sample(2, null), sample(4, [gpu(0, 3)])],
      INTERVAL_MS,
    )
    expect(at).toEqual([0, 4])
    expect(metrics.gpu_utilization?.[0]?.average).toEqual([1, 3])
  })

  it('breaks the line after a silence that makes values old', () => {
    const { metrics } = liveGpuColumns(
      [sample(0, [gpu(0, 1)]), sample(9, [gpu(0, 3)])],
      INTERVAL_MS,
    )
    expect(metrics.gpu_utilization?.[0]?.average).toEqual([1, null, 3])
  })

  it('gives a GPU that came later nothing for the time before, and an unknown value stays unknown', () => {
    const { metrics } = liveGpuColumns(
      [sample(0, [gpu(0, null)]), sample(2, [gpu(0, 3), gpu(1, 7)])],
      INTERVAL_MS,
    )
    expect(metrics.gpu_utilization?.map(({ average }) => average)).toEqual([
      [null, 3],
      [null, 7],
    ])
  })
})

describe('liveHostColumns', () => {
  it('has a point for every sample, also without GPUs, and keeps 0 and unknown apart', () => {
    const { at, metrics } = liveHostColumns([sample(0, null), sample(2, [])], INTERVAL_MS)
    expect(at).toEqual([0, 2])
    expect(metrics.network_rx_bytes_per_s.average).toEqual([0, 0])
    expect(metrics.network_tx_bytes_per_s.average).toEqual([null, null])
  })
})

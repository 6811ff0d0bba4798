import { describe, expect, it } from 'vitest'
import type { RecentSample } from '@/lib/recent-sample'
import { gpuLine, hostLine, SPARK_POINTS, utilizationLine } from './sparklines'

function sample(at: number, gpu_utilization: number | null | 'same'): RecentSample {
  return {
    at,
    gpus:
      gpu_utilization === 'same'
        ? null
        : [
            {
              uuid: 'GPU-1',
              index: 0,
              gpu_utilization,
              memory_used_mb: null,
              temperature_c: null,
              power_watts: null,
              sm_clock_mhz: null,
            },
          ],
    host: {
      cpu_utilization: at / 1000,
      load_1m: null,
      memory_used_mb: null,
      disk_used_gb: null,
      network_rx_bytes_per_s: null,
      network_tx_bytes_per_s: null,
    },
  }
}

describe('a sparkline', () => {
  it('keeps the peaks of what it leaves out', () => {
    const samples = [1, 99, 2, 3, 4, 5].map((value, i) => sample(i * 2000, value))
    expect(gpuLine(samples, 'GPU-1', 'gpu_utilization')).toEqual([99, 5])
  })

  it('never holds more than its width shows', () => {
    const samples = Array.from({ length: 300 }, (_, i) => sample(i * 2000, i % 100))
    expect(gpuLine(samples, 'GPU-1', 'gpu_utilization')).toHaveLength(SPARK_POINTS)
  })

  it('breaks where nothing was heard and where the value is unknown', () => {
    const silent = [0, 2, 4, 60, 62, 64].map((s) => sample(s * 1000, 50))
    expect(gpuLine(silent, 'GPU-1', 'gpu_utilization')).toContain(null)
    const unknown = [50, 50, 50, null, null, null, 50, 50, 50].map((value, i) =>
      sample(i * 2000, value),
    )
    expect(gpuLine(unknown, 'GPU-1', 'gpu_utilization')).toEqual([50, null, 50])
  })

  it('does not break where nvidia-smi was slower than the interval', () => {
    const slow = Array.from({ length: 12 }, (_, i) => sample(i * 2000, i % 2 ? 'same' : 40))
    expect(gpuLine(slow, 'GPU-1', 'gpu_utilization')).toEqual([40, 40])
    expect(hostLine(slow, 'cpu_utilization')).toHaveLength(4)
  })

  it('is empty for a GPU that was not there', () => {
    expect(gpuLine([sample(0, 10), sample(2000, 10)], 'GPU-2', 'gpu_utilization')).toEqual([null])
  })

  it('never begins left of its place, whatever gaps are in it', () => {
    const samples = Array.from({ length: 300 }, (_, i) =>
      sample(i * 2000 + (i > 200 ? 60_000 : 0), 5),
    )
    const line = gpuLine(samples, 'GPU-1', 'gpu_utilization')
    expect(line).toContain(null)
    expect(line.length).toBeLessThanOrEqual(SPARK_POINTS)
  })

  it('is the mean of the GPUs that say something', () => {
    const one = sample(0, 30)
    const [gpu] = one.gpus ?? []
    const gpus = [30, 60, null].map((gpu_utilization) => ({ ...gpu, gpu_utilization }))
    expect(utilizationLine([{ ...one, gpus } as RecentSample, sample(2000, null)])).toEqual([null])
    expect(utilizationLine([{ ...one, gpus } as RecentSample])).toEqual([45])
  })
})

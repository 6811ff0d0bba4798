import { describe, expect, it } from 'vitest'
import { machineSample } from '../gpu/history.fixtures'
import type { GpuProcess, GpuSample } from '../gpu/types'
import { RunUsage } from './run-usage'

const MINUTE = 60_000
const usageOf = (gpu_uuids: string[], idle_since_ms: number | null = null) =>
  new RunUsage({ job_id: 'job', gpu_uuids, idle_since_ms, since_ms: 0 })
const gpus = (...list: Partial<GpuSample>[]) => machineSample(0, list).gpus
const ofJob = (job_id: string | null, memory_used_mb: number | null): GpuProcess => ({
  ...{ pid: 1, name: 'python', user: null, command: null },
  ...{ job_id, memory_used_mb },
})

describe('the usage of a run', () => {
  it('adds up time, work and energy of the GPUs that it holds', () => {
    const usage = usageOf(['GPU-0', 'GPU-2'])
    const reading = gpus(
      { gpu_utilization: 100, power_watts: 300 },
      { gpu_utilization: 100, power_watts: 999 },
      { gpu_utilization: 50, power_watts: 100 },
    )
    for (const at of [1_000, 3_000, 3_000, 5_000]) usage.observe(reading, at)
    expect(usage.take()).toMatchObject({
      gpu_seconds: 8,
      busy_gpu_seconds: 6,
      energy_joules: 1600,
      idle_since_ms: null,
    })
    expect(usage.take()).toBeNull()
  })

  it('counts nothing while nothing was read, and nothing that is unknown', () => {
    const usage = usageOf(['GPU-0'])
    usage.observe(gpus({ gpu_utilization: 100, power_watts: null }), 0)
    usage.observe(gpus({ gpu_utilization: 100, power_watts: null }), 10 * MINUTE)
    usage.observe(gpus({ gpu_utilization: null, power_watts: 60 }), 10 * MINUTE + 1_000)
    expect(usage.take()).toMatchObject({ gpu_seconds: 0, busy_gpu_seconds: 0, energy_joules: 60 })
    usage.observe(gpus(), 11 * MINUTE)
    expect(usage.take()).toBeNull()
  })

  it('does not count what was read before it began', () => {
    const usage = new RunUsage({
      ...{ job_id: 'job', gpu_uuids: ['GPU-0'], idle_since_ms: null, since_ms: 1_000 },
    })
    const reading = gpus({ gpu_utilization: 50, memory_kind: 'dedicated', memory_used_mb: 70_000 })
    usage.observe(reading, 999)
    expect(usage.take()).toBeNull()
    usage.observe(reading, 1_000)
    expect(usage.take()).toMatchObject({ gpu_seconds: 0, peak_gpu_memory_mb: 70_000 })
  })

  it('knows the most memory that its processes held at once', () => {
    const usage = usageOf(['GPU-0', 'GPU-1'])
    const dedicated = { memory_kind: 'dedicated', memory_used_mb: 9_000 } as const
    const peak = () => usage.take()?.peak_gpu_memory_mb
    const holding = (a: number, b: number) =>
      gpus(
        { ...dedicated, processes: [ofJob('job', a), ofJob(null, 7_000)] },
        { ...dedicated, processes: [ofJob('job', b), ofJob('other', 7_000)] },
      )
    usage.observe(holding(100, 200), 1)
    usage.observe(holding(400, 50), 2)
    usage.observe(holding(10, 10), 3)
    expect(peak()).toBe(450)
    usage.observe(gpus(dedicated, dedicated), 4)
    expect(peak()).toBe(18_000)
    usage.observe(gpus({ memory_kind: 'unified', memory_used_mb: 5_000 }), 5)
    expect(peak()).toBeNull()
  })

  it('says since when one of its GPUs does nothing, after five minutes of that', () => {
    const usage = usageOf(['GPU-0', 'GPU-1'])
    const idleAt = (at: number, second: number | null) => {
      usage.observe(gpus({ gpu_utilization: 90 }, { gpu_utilization: second }), at)
      return usage.take()?.idle_since_ms
    }
    expect(idleAt(0, 50)).toBeNull()
    expect(idleAt(MINUTE, 4)).toBeNull()
    expect(idleAt(5.9 * MINUTE, 0)).toBeNull()
    expect(idleAt(6 * MINUTE, null)).toBe(MINUTE)
    expect(idleAt(7 * MINUTE, 4)).toBe(MINUTE)
    expect(idleAt(8 * MINUTE, 5)).toBeNull()
  })

  it('goes on with what was known before a restart', () => {
    const usage = usageOf(['GPU-0'], 1_000)
    usage.observe(gpus({ gpu_utilization: 0 }), 10 * MINUTE)
    expect(usage.take()?.idle_since_ms).toBe(1_000)
    const busy = usageOf(['GPU-0'], 1_000)
    busy.observe(gpus({ gpu_utilization: 50 }), 10 * MINUTE)
    busy.observe(gpus({ gpu_utilization: 0 }), 11 * MINUTE)
    expect(busy.take()?.idle_since_ms).toBeNull()
  })
})

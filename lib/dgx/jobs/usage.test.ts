import { describe, expect, it } from 'vitest'
import { usageOf } from './usage'

const run = (more: Partial<Parameters<typeof usageOf>[0][number]> = {}) => ({
  phase: 'ended',
  gpu_uuids: ['a', 'b'],
  started_at: new Date(0),
  ended_at: new Date(1_800_000),
  gpu_seconds: 0,
  busy_gpu_seconds: 0,
  energy_joules: 0,
  peak_gpu_memory_mb: null,
  idle_since: null,
  ...more,
})

describe('usage', () => {
  it('counts the hours of every GPU held, also while nobody sampled', () => {
    expect(usageOf([run()], 0)).toEqual({
      gpu_hours: 1,
      gpu_utilization: null,
      peak_gpu_memory_mb: null,
      energy_kwh: null,
      idle_since: null,
    })
    expect(usageOf([run({ started_at: null })], 0).gpu_hours).toBe(0)
    expect(usageOf([run({ ended_at: null })], 3_600_000).gpu_hours).toBe(2)
  })

  it('is of all runs together', () => {
    const runs = [
      run({
        gpu_seconds: 300,
        busy_gpu_seconds: 300,
        energy_joules: 1_800_000,
        peak_gpu_memory_mb: 9,
      }),
      run({ gpu_seconds: 100, energy_joules: 1_800_000, peak_gpu_memory_mb: 7 }),
    ]
    expect(usageOf(runs, 0)).toMatchObject({
      gpu_hours: 2,
      gpu_utilization: 75,
      peak_gpu_memory_mb: 9,
      energy_kwh: 1,
    })
  })

  it('tells of idle GPUs only while they are held', () => {
    const idle_since = new Date(5)
    expect(usageOf([run({ idle_since })], 0).idle_since).toBeNull()
    expect(usageOf([run({ idle_since, phase: 'running' })], 0).idle_since).toBe(
      idle_since.toISOString(),
    )
  })
})

import { describe, expect, it } from 'vitest'
import type { MachineSample } from './dgx/gpu/types'
import { keepSamples, toRecentSample } from './recent-sample'

const sample = {
  recorded_at: '2026-01-01T00:00:02.000Z',
  gpus_recorded_at: '2026-01-01T00:00:01.000Z',
  gpus: [{ uuid: 'GPU-1', index: 0, gpu_utilization: 12, name: 'NVIDIA GB10' }],
  host: { cpu_utilization: 3, memory_total_mb: 100, memory_available_mb: 60, load_1m: null },
} as unknown as MachineSample

describe('recent samples', () => {
  it('hold what is drawn, and nothing else', () => {
    const recent = toRecentSample(sample, null)
    expect(recent.at).toBe(Date.parse(sample.recorded_at))
    expect(recent.gpus?.[0]).toMatchObject({ uuid: 'GPU-1', gpu_utilization: 12 })
    expect(recent.gpus?.[0]).not.toHaveProperty('name')
    expect(recent.host.memory_used_mb).toBe(40)
  })

  it('do not repeat a reading of a slow nvidia-smi', () => {
    expect(toRecentSample(sample, sample.gpus_recorded_at).gpus).toBeNull()
  })

  it('stay bounded, in order and without doubles', () => {
    const at = (ms: number) => ({ ...toRecentSample(sample, null), at: ms })
    let kept = keepSamples([], [at(1), at(2)])
    kept = keepSamples(kept, [at(1), at(2), at(3)])
    expect(kept.map((each) => each.at)).toEqual([1, 2, 3])
    expect(keepSamples(kept, [at(3)])).toBe(kept)
    for (let i = 4; i < 2000; i += 1) kept = keepSamples(kept, [at(i)])
    expect(kept.length).toBe(300)
    expect(kept.at(-1)?.at).toBe(1999)
  })
})

import { describe, expect, it } from 'vitest'
import type { GpuSample } from '@/lib/dgx/gpu/types'
import { modelsOf } from './gpu-summary'

const gpu = (own: Partial<GpuSample>): GpuSample => ({
  index: 0,
  uuid: 'GPU-1',
  pci_bus_id: null,
  name: 'NVIDIA A100',
  gpu_utilization: 0,
  memory_used_mb: 4,
  memory_total_mb: 81920,
  memory_available_mb: 81000,
  memory_kind: 'dedicated',
  memory_activity: 0,
  temperature_c: 30,
  power_watts: 55,
  power_limit_watts: 400,
  sm_clock_mhz: 210,
  sm_clock_max_mhz: 1410,
  memory_clock_mhz: 1593,
  pstate: 'P0',
  throttle_reasons: [],
  health: { status: 'ok', reasons: [] },
  processes: [],
  details: null,
  null_reasons: {},
  ...own,
})
describe('modelsOf', () => {
  it('counts what is alike, the most first', () => {
    const models = ['NVIDIA T1000', 'NVIDIA A100', 'NVIDIA A100'].map((name) => gpu({ name }))
    expect(modelsOf(models)).toBe('2 × A100 + T1000')
    expect(modelsOf([gpu({ name: null })])).toBe('Unknown GPU')
  })
})

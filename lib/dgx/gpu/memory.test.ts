import { describe, expect, it } from 'vitest'
import { readMemory } from './memory'

const HOST = { memory_total_mb: 120_000, memory_available_mb: 70_000 }

function kindOf(name: string, total: number | null, reason?: 'absent' | 'fault') {
  return readMemory({
    values: { name, memory_total_mb: total, memory_used_mb: 10, memory_available_mb: null },
    totalReason: reason,
    host: HOST,
    processes: [],
  }).memory_kind
}

describe('memory_kind', () => {
  it.each(['NVIDIA GB10', 'Orin (nvgpu)', 'NVIDIA Thor', 'DGX Spark'])(
    'is unified for %s without a total',
    (name) => {
      expect(kindOf(name, null, 'absent')).toBe('unified')
    },
  )
  it('is unified for an integrated part that reports the whole machine, or a small carve-out', () => {
    expect(kindOf('NVIDIA GB10', 119_000)).toBe('unified')
    expect(kindOf('NVIDIA N1X', 8128)).toBe('unified')
  })
  it('is never concluded from a fault', () => {
    expect(kindOf('NVIDIA GB10', null, 'fault')).toBe('unknown')
  })
  it('is unknown, not unified, for other parts without a total', () => {
    expect(kindOf('NVIDIA GeForce RTX 3090', null, 'absent')).toBe('unknown')
  })
  it.each(['NVIDIA GB100', 'NVIDIA GB200', 'NVIDIA GH200 480GB', 'Tesla T4'])(
    'is dedicated for %s, however its size compares',
    (name) => {
      expect(kindOf(name, 119_000)).toBe('dedicated')
      expect(kindOf(name, 8128)).toBe('dedicated')
    },
  )
})

it('available memory of a card that reports no free memory is the rest', () => {
  const values = {
    name: 'Tesla T4',
    memory_total_mb: 15_000,
    memory_used_mb: 4_000,
    memory_available_mb: null,
  }
  expect(
    readMemory({ values, totalReason: undefined, host: HOST, processes: null }).memory_available_mb,
  ).toBe(11_000)
})

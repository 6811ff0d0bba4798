import { describe, expect, it } from 'vitest'
import { memoryParts } from './memory-parts'

const host = { memory_total_mb: 1000, memory_available_mb: 600, memory_cached_mb: 200 }
const mb = (parts: ReturnType<typeof memoryParts>) => parts?.map((part) => part.mb)

describe('memoryParts', () => {
  it('cuts the pool into GPU processes, host, cache and free', () =>
    expect(mb(memoryParts(300, host))).toEqual([300, 100, 200, 400]))
  it.each([
    ['the GPU reports more than is taken', 900, host],
    ['the cache is larger than what is available', 300, { ...host, memory_cached_mb: 900 }],
    ['GPU and cache are not known', null, { ...host, memory_cached_mb: null }],
  ])('adds up to the whole when %s', (_when, gpuMb, of) =>
    expect(mb(memoryParts(gpuMb, of))?.reduce((sum, part) => sum + part, 0)).toBe(1000),
  )
  it('says nothing when the host did not', () =>
    expect(memoryParts(300, { ...host, memory_total_mb: null })).toBeNull())
})

import { expect, it } from 'vitest'
import type { HostSample } from '@/lib/dgx/gpu/types'
import { memoryTrouble } from './memory-pressure'

const host = (memory_available_mb: number | null, memory_pressure_some_avg10: number | null) =>
  ({ memory_total_mb: 1000, memory_available_mb, memory_pressure_some_avg10 }) as HostSample

it('says what is wrong with memory, and nothing of what is not known', () => {
  expect(memoryTrouble(host(500, 0))).toBeNull()
  expect(memoryTrouble(host(40, 0))).toBe('nearly full')
  expect(memoryTrouble(host(500, 12.4))).toBe('tasks wait 12 % of the time')
  expect(memoryTrouble(host(null, null))).toBeNull()
})

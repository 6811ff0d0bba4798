import { expect, it } from 'vitest'
import type { Health } from '@/lib/dgx/gpu/types'
import { groupTroubles } from './gpu-troubles'

const off = { code: 'persistence_off' as const, message: 'Turn persistence on.' }
const lost = { code: 'gpu_lost' as const, message: 'It is gone.' }
const gpu = (index: number | null, status: Health['status'], ...reasons: Health['reasons']) => ({
  index,
  health: { status, reasons },
})

it('says what several GPUs have once, and faults first', () =>
  expect(
    groupTroubles([gpu(0, 'warning', off), gpu(1, 'warning', off), gpu(null, 'fault', lost)]),
  ).toEqual([
    { status: 'fault', message: lost.message, indexes: ['?'] },
    { status: 'warning', message: off.message, indexes: [0, 1] },
  ]))

it('has nothing to say of GPUs that are well', () =>
  expect(groupTroubles([gpu(0, 'ok')])).toEqual([]))

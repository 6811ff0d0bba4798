import { describe, expect, it } from 'vitest'
import type { HealthEvent } from '@/lib/dgx/gpu/answers'
import { healthChanges } from './health-changes'

const START = Date.UTC(2026, 2, 1)
const LOST = [{ code: 'gpu_lost' as const, message: 'It fell off the bus.' }]

let id = 0
function event(gpu: number, second: number, values: Partial<HealthEvent>): HealthEvent {
  id += 1
  return {
    id,
    connection_id: 'lab',
    gpu_uuid: `GPU-${gpu}`,
    gpu_index: gpu,
    from: 'ok',
    to: 'fault',
    reasons: LOST,
    changed_at: new Date(START + 1000 * second).toISOString(),
    ...values,
  }
}

const told = (events: HealthEvent[]) => healthChanges(events).map(({ gpus, to }) => ({ gpus, to }))

describe('changes of health', () => {
  it('say once what befell several GPUs at once', () => {
    expect(told([event(2, 4, {}), event(0, 2, {}), event(1, 0, {})])).toEqual([
      { gpus: [0, 1, 2], to: 'fault' },
    ])
  })

  it('stay apart when they came apart, differ, or came to one GPU twice', () => {
    expect(told([event(0, 300, {}), event(1, 0, {})])).toHaveLength(2)
    expect(told([event(0, 3, { to: 'ok', reasons: [] }), event(1, 0, {})])).toHaveLength(2)
    expect(told([event(0, 3, {}), event(0, 0, {})])).toHaveLength(2)
  })

  it('leave out that a GPU was well when it was first seen', () => {
    expect(told([event(0, 0, { from: null, to: 'ok', reasons: [] })])).toEqual([])
    expect(told([event(0, 0, { from: null })])).toHaveLength(1)
  })
})

import { expect, it } from 'vitest'
import type { RecentRun } from '@/lib/dgx/jobs/recent-runs'
import { lanesOf } from './lanes'

const RANGE = { from: 0, to: 100_000 }
const run = (id: string, from: number, to: number | null, gpu_uuids: string[] = []): RecentRun => ({
  job_id: id,
  job_name: id,
  attempt: 1,
  connection_id: 'c',
  gpu_uuids,
  phase: to === null ? 'running' : 'ended',
  end_reason: null,
  from: new Date(from).toISOString(),
  to: to === null ? null : new Date(to).toISOString(),
})
const GPUS = [
  { uuid: 'b', index: 1 },
  { uuid: 'a', index: 0 },
]

it('gives each GPU a lane, in order, with what held it as parts of the time', () => {
  const lanes = lanesOf(
    GPUS,
    [run('x', 25_000, 75_000, ['a', 'b']), run('y', 80_000, null, ['a'])],
    RANGE,
  )
  expect(
    lanes.map(({ label, bars }) => [label, bars.map(({ left, width }) => [left, width])]),
  ).toEqual([
    [
      'GPU 0',
      [
        [25, 50],
        [80, 20],
      ],
    ],
    ['GPU 1', [[25, 50]]],
  ])
})

it('cuts what began before, and leaves out what was over', () => {
  const [first] = lanesOf(GPUS, [run('x', -50_000, 10_000, ['a']), run('y', -9, -5, ['a'])], RANGE)
  expect(first?.bars).toMatchObject([{ left: 0, width: 10 }])
})

it('keeps a GPU that is gone, and puts overlapping runs without a GPU below each other', () => {
  const lanes = lanesOf(
    [],
    [
      run('x', 0, 50_000, ['lost']),
      run('y', 0, 50_000),
      run('z', 10_000, 20_000),
      run('w', 60_000, null),
    ],
    RANGE,
  )
  expect(lanes.map(({ label, bars }) => [label, bars.map(({ run }) => run.job_id)])).toEqual([
    ['GPU gone', ['x']],
    ['No GPU', ['y', 'w']],
    ['', ['z']],
  ])
})

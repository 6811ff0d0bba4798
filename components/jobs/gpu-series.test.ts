import { expect, it } from 'vitest'
import type { HistoryRow } from '@/lib/dgx/gpu/answers'
import { gpuSeries } from './gpu-series'

const row = (gpu: number, at: number, value: number | null) =>
  ({
    gpu_index: gpu,
    gpu_uuid: `GPU-${gpu}`,
    recorded_at: new Date(at).toISOString(),
    memory_used_mb: value,
  }) as HistoryRow

it('draws a line for each GPU in their order, and breaks it where nothing was recorded', () => {
  const rows = [
    row(1, 0, 1024),
    row(0, 0, 2048),
    row(0, 10, null),
    row(0, 14, 512),
    row(0, 50, 1024),
  ]
  const series = gpuSeries(rows, { field: 'memory_used_mb', scale: 1 / 1024, bucketMs: 10 })
  expect(series).toEqual([
    {
      key: 'GPU-0',
      label: 'GPU 0',
      points: [
        { x: 0, y: 2 },
        { x: 10, y: null },
        { x: 14, y: 0.5 },
        { x: 24, y: null },
        { x: 50, y: 1 },
      ],
    },
    { key: 'GPU-1', label: 'GPU 1', points: [{ x: 0, y: 1 }] },
  ])
})

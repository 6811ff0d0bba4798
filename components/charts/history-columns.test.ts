import { describe, expect, it } from 'vitest'
import type { HistoryRow, HostHistoryRow } from '@/lib/dgx/gpu/answers'
import { HOST_HISTORY_COLUMNS } from '@/lib/dgx/gpu/host-history'
import { historyColumns, hostHistoryColumns } from './history-columns'

const START = Date.UTC(2026, 2, 1)

function row(gpu: number, second: number, utilization: number | null): HistoryRow {
  return {
    gpu_index: gpu,
    gpu_uuid: `GPU-${gpu}`,
    gpu_utilization: utilization,
    gpu_utilization_min: utilization === null ? null : utilization - 5,
    gpu_utilization_max: utilization === null ? null : utilization + 5,
    memory_used_mb: 1024,
    memory_used_mb_min: 1024,
    memory_used_mb_max: 1024,
    memory_total_mb: 81_920,
    temperature_c: 40,
    temperature_c_min: 40,
    temperature_c_max: 40,
    power_watts: 100.123,
    power_watts_min: 100,
    power_watts_max: 101,
    recorded_at: new Date(START + second * 1000).toISOString(),
  }
}

const shape = (rows: HistoryRow[], bucket_s = 10, intervalMs = 2_000) =>
  historyColumns({ rows, meta: { bucket_s } }, intervalMs)

describe('historyColumns', () => {
  it('puts the GPUs of one instant side by side, by index and in order of time', () => {
    const { at, gpus, metrics } = shape([
      row(1, 10, 30),
      row(0, 0, 10),
      row(1, 0, 20),
      row(0, 10, 40),
    ])
    expect(at).toEqual([START / 1000, START / 1000 + 10])
    expect(gpus.map(({ label }) => label)).toEqual(['GPU 0', 'GPU 1'])
    expect(metrics.gpu_utilization?.map(({ average }) => average)).toEqual([
      [10, 40],
      [20, 30],
    ])
  })

  it('keeps the least and the greatest value of each bucket beside the average', () => {
    const [column] = shape([row(0, 0, 50)]).metrics.gpu_utilization ?? []
    expect(column).toEqual({ average: [50], least: [45], greatest: [55] })
  })

  it('breaks the lines where nothing was recorded', () => {
    const { at, metrics } = shape([row(0, 0, 1), row(0, 10, 1), row(0, 50, 1)])
    expect(metrics.gpu_utilization?.[0]?.average).toEqual([1, 1, null, 1])
    expect(at.map((time) => Math.round(time * 1000) - START)).toEqual([0, 10_000, 10_001, 50_000])
  })

  it('breaks the line of a GPU that was away while others were not', () => {
    const { metrics } = shape([
      row(0, 0, 1),
      row(1, 0, 2),
      row(0, 10, 1),
      row(0, 20, 1),
      row(1, 20, 2),
    ])
    expect(metrics.gpu_utilization?.[1]?.average).toEqual([2, null, 2])
  })

  it('does not take a late sample, or buckets shorter than the interval, for a gap', () => {
    expect(shape([row(0, 0, 1), row(0, 14, 1)]).at).toHaveLength(2)
    expect(shape([row(0, 0, 1), row(0, 60, 1)], 12, 60_000).at).toHaveLength(2)
  })

  it('draws on where samples were rarer than they are now, and breaks where a long bucket is empty', () => {
    expect(shape([row(0, 0, 1), row(0, 24, 1)], 12).at).toHaveLength(2)
    expect(shape([row(0, 0, 1), row(0, 600, 1)], 300).at).toHaveLength(3)
  })

  it('keeps an unknown value unknown', () => {
    expect(shape([row(0, 0, null), row(0, 10, 0)]).metrics.gpu_utilization?.[0]?.average).toEqual([
      null,
      0,
    ])
  })

  it('has no SM clock, which is not kept, and nothing at all for no rows', () => {
    expect(shape([row(0, 0, 1)]).metrics.sm_clock_mhz).toBeUndefined()
    expect(shape([])).toMatchObject({ at: [], gpus: [] })
  })
})

describe('hostHistoryColumns', () => {
  const hostRow = (second: number, values: Partial<HostHistoryRow>): HostHistoryRow => ({
    // Every column is there, which `fromEntries` does not know.
    ...(Object.fromEntries(HOST_HISTORY_COLUMNS.map((name) => [name, null])) as Record<
      keyof HostHistoryRow,
      null
    >),
    recorded_at: new Date(START + second * 1000).toISOString(),
    ...values,
  })

  it('turns what was available into what was used: the least of one is the most of the other', () => {
    const row = hostRow(0, {
      memory_total_mb: 1000,
      memory_available_mb: 400,
      memory_available_mb_min: 300,
      memory_available_mb_max: 450,
    })
    const { metrics } = hostHistoryColumns({ rows: [row], meta: { bucket_s: 10 } }, 2_000)
    expect(metrics.memory_used_mb).toEqual({ average: [600], least: [550], greatest: [700] })
  })

  it('leaves a gap where nothing was recorded, and what is unknown unknown', () => {
    const rows = [hostRow(0, { load_1m: 1 }), hostRow(600, { load_1m: 2 })]
    const { at, metrics } = hostHistoryColumns({ rows, meta: { bucket_s: 10 } }, 2_000)
    expect(at).toHaveLength(3)
    expect(metrics.load_1m.average).toEqual([1, null, 2])
    expect(metrics.memory_used_mb.average).toEqual([null, null, null])
  })
})

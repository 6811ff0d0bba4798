import { describe, expect, it } from 'vitest'
import { csvOf } from './csv'
import type { HistoryRow } from './gpu/answers'
import { HISTORY_COLUMNS } from './gpu/history'

const ROW: HistoryRow = {
  gpu_index: 0,
  gpu_uuid: 'GPU-1',
  gpu_utilization: 12.5,
  gpu_utilization_min: 0,
  gpu_utilization_max: 100,
  memory_used_mb: null,
  memory_used_mb_min: null,
  memory_used_mb_max: null,
  memory_total_mb: 81_920,
  temperature_c: -4.5,
  temperature_c_min: -6,
  temperature_c_max: 20,
  power_watts: 0.001,
  power_watts_min: 0,
  power_watts_max: 1,
  recorded_at: '2026-03-01T08:00:00.000Z',
}

const HEADER =
  'gpu_index,gpu_uuid,gpu_utilization,gpu_utilization_min,gpu_utilization_max,' +
  'memory_used_mb,memory_used_mb_min,memory_used_mb_max,memory_total_mb,' +
  'temperature_c,temperature_c_min,temperature_c_max,' +
  'power_watts,power_watts_min,power_watts_max,recorded_at'

describe('csvOf', () => {
  it('has a header, plain numbers, and nothing where a value is unknown', () => {
    expect(csvOf(HISTORY_COLUMNS, [ROW])).toBe(
      `${HEADER}\r\n0,GPU-1,12.5,0,100,,,,81920,-4.5,-6,20,0.001,0,1,2026-03-01T08:00:00.000Z\r\n`,
    )
  })

  it('has only a header without rows', () => {
    expect(csvOf(HISTORY_COLUMNS, [])).toBe(`${HEADER}\r\n`)
  })

  it('quotes text with commas, quotes and line ends', () => {
    const csv = csvOf(HISTORY_COLUMNS, [{ ...ROW, gpu_uuid: 'a,"b"\r\nc' }])
    expect(csv).toContain('\r\n0,"a,""b""\r\nc",12.5,')
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])(
    'keeps %j from being a formula',
    (gpu_uuid) => {
      const cell = csvOf(HISTORY_COLUMNS, [{ ...ROW, gpu_uuid }]).slice(
        HEADER.length + 2 + '0,'.length,
      )
      expect(cell).toMatch(/^"?'/)
    },
  )
})

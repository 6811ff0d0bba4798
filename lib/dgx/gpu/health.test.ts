import { describe, expect, it } from 'vitest'
import { blankSlowValues } from './fields'
import { judgeHealth, throttleReasons } from './health'
import type { GpuDetails } from './types'

const BUSY_SPARK = {
  name: 'NVIDIA GB10',
  gpu_utilization: 92,
  sm_clock_mhz: 2400,
  power_watts: 55,
  throttle_mask: 0,
}
const LATCHED = { ...BUSY_SPARK, sm_clock_mhz: 620, power_watts: 12 }

type Busy = { [K in keyof typeof BUSY_SPARK]: (typeof BUSY_SPARK)[K] | null }

function judge(values: Partial<Busy>, details: Partial<GpuDetails> | null = null) {
  const { name, ...rest } = { ...BUSY_SPARK, ...values }
  const health = judgeHealth({
    name,
    values: rest,
    faults: new Set(),
    details: details === null ? null : { ...blankSlowValues(), ...details },
  })
  return {
    status: health.status,
    codes: health.reasons.map(({ code }) => code),
    reasons: health.reasons,
  }
}

describe('power latch', () => {
  it('is a fault of a busy Spark at a fraction of its clock and power with no reason given', () => {
    expect(judge(LATCHED)).toMatchObject({ status: 'fault', codes: ['power_latch'] })
  })
  it.each([
    ['idle', { gpu_utilization: 12 }],
    ['at a healthy clock', { sm_clock_mhz: 2100 }],
    ['drawing power', { power_watts: 48 }],
    ['slowed down for a reason', { throttle_mask: 0x4 }],
    ['of an unknown mask', { throttle_mask: null }],
    ['of unknown utilization', { gpu_utilization: null }],
    ['of another kind', { name: 'NVIDIA L4' }],
  ])('is not said of a GPU %s', (_, change) => {
    expect(judge({ ...LATCHED, ...change }).codes).not.toContain('power_latch')
  })
})

describe('slow-downs', () => {
  it.each([
    [0x8, ['hw_slowdown']],
    [0x48, ['hw_thermal_slowdown']],
    [0x88, ['hw_power_brake']],
    [0x20, ['sw_thermal_slowdown']],
    [0x60, ['hw_thermal_slowdown', 'sw_thermal_slowdown']],
  ])('mask %i warns', (mask, codes) => {
    expect(judge({ throttle_mask: mask })).toMatchObject({ status: 'warning', codes })
  })
  it('a power cap, idleness or application clocks are normal', () => {
    expect(judge({ throttle_mask: 0x1 | 0x2 | 0x4 | 0x10 | 0x100 }).status).toBe('ok')
  })
  it('the bits have their names', () => {
    expect(throttleReasons(0x1ff)).toHaveLength(9)
    expect(throttleReasons(0x44)).toEqual(['sw_power_cap', 'hw_thermal_slowdown'])
    expect(throttleReasons(null)).toEqual([])
  })
})

describe('the slow set', () => {
  it.each<[Partial<GpuDetails>, string, string[]]>([
    [{ recovery_action: 'Node Reboot' }, 'fault', ['recovery_action']],
    [{ recovery_action: 'None' }, 'ok', []],
    [{ row_remap_failure: 'Yes' }, 'fault', ['row_remap_failure']],
    [{ row_remap_pending: 'Yes' }, 'warning', ['row_remap_pending']],
    [{ row_remap_pending: 'No', row_remap_failure: 'No' }, 'ok', []],
    [{ ecc_uncorrected_volatile: 3 }, 'warning', ['ecc_uncorrected']],
    [{ ecc_uncorrected_volatile: 0 }, 'ok', []],
    [{ persistence_mode: 'Disabled', display_active: 'Disabled' }, 'warning', ['persistence_off']],
    [{ persistence_mode: 'Disabled' }, 'warning', ['persistence_off']],
    [{ persistence_mode: 'Disabled', display_active: 'Enabled' }, 'ok', []],
    [{ persistence_mode: null }, 'ok', []],
  ])('%j is %s', (details, status, codes) => {
    expect(judge({}, details)).toMatchObject({ status, codes })
  })

  it('quotes the action that the driver asks for', () => {
    expect(judge({}, { recovery_action: 'Drain and Reset' }).reasons[0]?.message).toContain(
      '"Drain and Reset"',
    )
  })
})

it('the worst reason gives the status, and each reason is one sentence', () => {
  const health = judge(
    { ...LATCHED },
    { persistence_mode: 'Disabled', ecc_uncorrected_volatile: 1 },
  )
  expect(health.status).toBe('fault')
  expect(health.codes).toEqual(['ecc_uncorrected', 'power_latch', 'persistence_off'])
  for (const { message } of health.reasons) expect(message).toMatch(/^[A-Z][^\n]+; [^\n]+\.$/)
})

import { describe, expect, it } from 'vitest'
import { CALM_MS, DampedHealth } from './damped-health'
import { statusOf } from './health'
import type { Health, HealthReasonCode } from './types'

const health = (...codes: HealthReasonCode[]): Health => ({
  status: statusOf(codes),
  reasons: codes.map((code) => ({ code, message: `what to do about ${code}` })),
})

/** Readings every 2 s from 0 on; what they change, as `at from>to codes`. */
function changes(readings: HealthReasonCode[][], damped = new DampedHealth(null)): string[] {
  return readings.flatMap((codes, i) => {
    const change = damped.observe(health(...codes), i * 2_000)
    if (change === null) return []
    const names = change.reasons.map(({ code }) => code).join('+')
    return `${change.changedAt / 1000}s ${change.from}>${change.status} ${names}`.trim()
  })
}

const times = (count: number, ...codes: HealthReasonCode[]) =>
  Array.from({ length: count }, () => codes)

describe('DampedHealth', () => {
  it('says nothing of a GPU that is well from the beginning', () => {
    expect(changes(times(100))).toEqual([])
  })

  it('tells at once what is wrong at the first sight, from an unknown state', () => {
    expect(changes(times(40, 'persistence_off'))).toEqual(['0s null>warning persistence_off'])
  })

  it('tells a way down and up, with the times at which things changed', () => {
    const readings = [
      ...times(10),
      ...times(10, 'hw_slowdown'),
      ...times(10, 'hw_slowdown', 'gpu_requires_reset'),
      ...times(40),
    ]
    expect(changes(readings)).toEqual([
      '20s ok>warning hw_slowdown',
      '40s warning>fault hw_slowdown+gpu_requires_reset',
      '60s fault>ok',
    ])
  })

  it('tells a change of reasons that leaves the status as it is', () => {
    const readings = [...times(5, 'ecc_uncorrected'), ...times(40, 'row_remap_pending')]
    expect(changes([...times(1), ...readings])).toEqual([
      '2s ok>warning ecc_uncorrected',
      '12s warning>warning ecc_uncorrected+row_remap_pending',
      '12s warning>warning row_remap_pending',
    ])
  })

  it('takes an hour of throttling on and off for one change and its end', () => {
    const hour = Array.from({ length: 1_800 }, (_, i) =>
      i % 3 === 0 ? (['sw_thermal_slowdown'] as HealthReasonCode[]) : [],
    )
    expect(changes([...times(1), ...hour, ...times(31)])).toEqual([
      '2s ok>warning sw_thermal_slowdown',
      // The last one was seen at 3596 s.
      '3598s warning>ok',
    ])
  })

  it('takes two reasons in turns for both', () => {
    const turns = Array.from({ length: 200 }, (_, i): HealthReasonCode[] => [
      i % 2 === 0 ? 'hw_thermal_slowdown' : 'sw_thermal_slowdown',
    ])
    expect(changes(turns)).toEqual([
      '0s null>warning hw_thermal_slowdown',
      '2s warning>warning hw_thermal_slowdown+sw_thermal_slowdown',
    ])
  })

  it('keeps a fault of a single reading', () => {
    expect(changes([...times(3), ['gpu_unknown_error'], ...times(31)])).toEqual([
      '6s ok>fault gpu_unknown_error',
      '8s fault>ok',
    ])
  })

  it('takes nothing for ended while the GPU cannot be read', () => {
    const readings = [
      ...times(5, 'persistence_off'),
      ...times(100, 'gpu_lost'),
      ...times(40, 'persistence_off'),
    ]
    expect(changes(readings)).toEqual([
      '0s null>warning persistence_off',
      '10s warning>fault persistence_off+gpu_lost',
      '210s fault>warning persistence_off',
    ])
  })

  it('goes on from what is known, though the first readings lack the slow part', () => {
    const { reasons } = health('persistence_off')
    const known = { status: 'warning' as const, reasons, changedAt: -5_000 }
    const readings = [...times(3), ...times(100, 'persistence_off')]
    expect(changes(readings, new DampedHealth(known))).toEqual([])
    expect(changes(times(31), new DampedHealth(known))).toEqual(['0s warning>ok'])
  })

  it('tells an end also when the clock was set back meanwhile', () => {
    const damped = new DampedHealth(null)
    damped.observe(health('hw_slowdown'), 10_000_000)
    expect(damped.observe(health(), 10_002_000)).toBeNull()
    expect(damped.observe(health(), 1_000)).toBeNull()
    expect(damped.observe(health(), 1_000 + CALM_MS)).toMatchObject({
      from: 'warning',
      status: 'ok',
    })
  })
})

import { z } from 'zod'
import { moment } from '../fields'
import { HOST_VALUES, type HostValue } from './series'
import { health, healthStatus } from './types'

/** What is answered about the past of GPUs and hosts. A machine's newest sample is in `types.ts`. */

const value = z.number().nullable()

export const historyMeta = z
  .strictObject({
    bucket_s: z
      .number()
      .describe('Length of a bucket. A distance of more than that between two rows is a gap.'),
    tier: z
      .enum(['raw', '1m', '15m', '3h'])
      .describe('What was averaged: raw samples, or their averages over 1 min, 15 min or 3 h.'),
    from: moment,
    to: moment,
    points: z.number().int().describe('At most so many rows per GPU, or of the host.'),
  })
  .meta({
    id: 'HistoryMeta',
    examples: [
      {
        bucket_s: 72,
        tier: 'raw',
        from: '2026-11-23T13:50:02.057Z',
        to: '2026-11-23T19:50:02.057Z',
        points: 300,
      },
    ],
  })
export type HistoryMeta = z.infer<typeof historyMeta>

/** One GPU in one bucket: averages, with the least and greatest value beside each. */
export const historyRow = z
  .strictObject({
    gpu_index: value,
    gpu_uuid: z.string(),
    gpu_utilization: value,
    gpu_utilization_min: value,
    gpu_utilization_max: value,
    memory_used_mb: value,
    memory_used_mb_min: value,
    memory_used_mb_max: value,
    memory_total_mb: value,
    temperature_c: value,
    temperature_c_min: value,
    temperature_c_max: value,
    power_watts: value,
    power_watts_min: value,
    power_watts_max: value,
    recorded_at: moment.describe('Start of the bucket.'),
  })
  .meta({
    id: 'HistoryRow',
    examples: [
      {
        gpu_index: 0,
        gpu_uuid: 'GPU-5e000001-d3a0-4c0d-9a7e-0000dead1eef',
        gpu_utilization: 93.417,
        gpu_utilization_min: 71,
        gpu_utilization_max: 99,
        memory_used_mb: 70388.5,
        memory_used_mb_min: 70112,
        memory_used_mb_max: 70400,
        memory_total_mb: 81920,
        temperature_c: 60.25,
        temperature_c_min: 58,
        temperature_c_max: 62,
        power_watts: 381.904,
        power_watts_min: 290.4,
        power_watts_max: 398.1,
        recorded_at: '2026-11-23T13:50:24.000Z',
      },
    ],
  })
export type HistoryRow = z.infer<typeof historyRow>

const hostValues = Object.fromEntries(HOST_VALUES.map((name) => [name, value]))

/** The host in one bucket: averages, with the least and greatest value beside each. */
export const hostHistoryRow = z
  .strictObject({
    // Every one of HOST_VALUES is there, which `fromEntries` does not know.
    ...(hostValues as Record<HostValue, typeof value>),
    recorded_at: moment.describe('Start of the bucket.'),
  })
  .meta({ id: 'HostHistoryRow' })
export type HostHistoryRow = z.infer<typeof hostHistoryRow>

/** A change of one GPU's health. */
export const healthEvent = z
  .strictObject({
    id: z.number().int(),
    connection_id: z.string(),
    gpu_uuid: z.string(),
    gpu_index: z.number().int().nullable(),
    from: healthStatus.nullable().describe('Null when nothing was known before.'),
    to: healthStatus,
    reasons: health.shape.reasons.describe('What holds from then on; empty when `to` is `ok`.'),
    changed_at: moment,
  })
  .meta({
    id: 'HealthEvent',
    examples: [
      {
        id: 42,
        connection_id: '3f0c2a5e-7d41-4b7e-9a55-1c2e8f60b9d4',
        gpu_uuid: 'GPU-5e000001-d3a0-4c0d-9a7e-0000dead1eef',
        gpu_index: 0,
        from: 'ok',
        to: 'warning',
        reasons: [
          {
            code: 'hw_thermal_slowdown',
            message:
              'The GPU is too hot and halves its clock; check fans, air flow and room temperature.',
          },
        ],
        changed_at: '2026-11-23T17:04:11.482Z',
      },
    ],
  })
export type HealthEvent = z.infer<typeof healthEvent>

import { randomUUID } from 'node:crypto'
import type { PrismaClient } from '@/lib/db/generated/client'

const HOUR_MS = 3_600_000
const POINTS = 240
const STEPS_PER_POINT = 50

/** A job that its script tells of: the app runs nothing for it. */
export type TrackedJob = {
  name: string
  status: string
  model: string
  config: object
  /** Where its learning rate starts to fall. */
  lr: number
  /** Hours ago of its start and its end; null for one that goes on. */
  hours: [start: number, end: number | null]
  /** Where its loss ends up. */
  best: number
  notes?: string
}

/** A value between -1 and 1 that looks like noise and is the same in every demo. */
function noise(seed: number, i: number): number {
  const x = Math.sin(seed * 127.1 + i * 311.7) * 43_758.5453
  return 2 * (x - Math.floor(x)) - 1
}

/** Writes a job with a history of metrics that looks like one of training. */
export async function addTrackedJob(
  database: PrismaClient,
  options: { projectId: string; job: TrackedJob; seed: number; now: number },
) {
  const { projectId, job, seed, now } = options
  const { name, status, config, hours, best, lr } = job
  const [start, end] = hours
  const at = (hoursAgo: number) => new Date(now - hoursAgo * HOUR_MS)
  const round = (value: number) => Number(value.toPrecision(5))
  const metricsAt = (i: number) => {
    const wobble = 0.06 * noise(seed, i)
    const step = (i + 1) * STEPS_PER_POINT
    const warm = Math.min(1, step / 1000)
    return {
      step,
      epoch: Math.floor(i / 8) + 1,
      train_loss: round(best + 2.1 * Math.exp(-i / (38 + 6 * seed)) + wobble),
      val_loss: round(best + 0.08 + 1.9 * Math.exp(-i / (44 + 6 * seed)) + wobble / 3),
      val_accuracy: round(0.97 - 0.25 * best - 0.55 * Math.exp(-i / 52) + wobble / 6),
      learning_rate: round(lr * warm * (0.52 + 0.48 * Math.cos((Math.PI * i) / POINTS))),
      grad_norm: round(0.4 + 3.5 * Math.exp(-i / 25) + 4 * Math.abs(wobble)),
      samples_per_s: round(1480 + 240 * wobble),
    }
  }
  await database.job.create({
    data: {
      id: randomUUID(),
      project_id: projectId,
      name,
      model_name: job.model,
      notes: job.notes ?? null,
      status,
      config,
      metrics: metricsAt(POINTS - 1),
      created_at: at(start + 0.1),
      started_at: at(start),
      completed_at: end === null ? null : at(end),
      updated_at: at(end ?? 0),
      metric_points: {
        createMany: {
          data: Array.from({ length: POINTS }, (_, i) => ({
            metrics: metricsAt(i),
            recorded_at: at(start - ((start - (end ?? 0)) * (i + 1)) / POINTS),
          })),
        },
      },
    },
  })
}

import { z } from 'zod'
import { moment } from '../fields'
import { gpuProcess, memoryKind } from '../gpu/types'
import { GPU_BLOCKS } from './scheduler/placement'
import { WAIT_REASONS } from './states'

/** What is answered about the turns of jobs and the GPUs of the fleet. */

const ID = '6e2f9a10-8b3c-4d57-a1e4-90c7d5b2f833'
const PROJECT_ID = 'b81d44f0-2c7a-4f19-8e0d-5a6b3c9d7e12'
const CONNECTION_ID = '3f0c2a5e-7d41-4b7e-9a55-1c2e8f60b9d4'
const GPU = 'GPU-5e1f0c2a-7d41-4b7e-9a55-1c2e8f60b9d4'

const count = z.number().int()
const textOrNull = z.string().nullable()
const texts = z.array(z.string())
const indices = z.array(count)

export const dryRun = z
  .strictObject({
    dry_run: z.literal(true),
    would: z.enum(['start_now', 'wait', 'be_tracked_by_hand']),
    connection_id: textOrNull,
    connection_name: textOrNull,
    gpu_uuids: texts.nullable(),
    gpu_indices: indices.nullable(),
    wait_reason: z.enum(WAIT_REASONS).nullable(),
    status_message: z.string(),
    queue_position: count.nullable().describe('From 1; null when it would start now.'),
  })
  .describe('Where and when a job would run if it were created now.')
  .meta({
    id: 'DryRun',
    examples: [
      {
        dry_run: true,
        would: 'start_now',
        connection_id: CONNECTION_ID,
        connection_name: 'dgx-1',
        gpu_uuids: [GPU],
        gpu_indices: [0],
        wait_reason: null,
        status_message: 'It would start now on dgx-1, on GPU 0.',
        queue_position: null,
      },
    ],
  })
export type DryRun = z.infer<typeof dryRun>

export const queueEntry = z
  .strictObject({
    job_id: z.string(),
    name: z.string(),
    project_id: textOrNull,
    position: count.nullable().describe('From 1; null for one that waits to be started by hand.'),
    priority: count,
    queued_at: moment.nullable(),
    gpus: count,
    gpu_indices: indices.nullable(),
    min_gpu_memory_mb: count.nullable(),
    connection_ids: texts,
    depends_on: texts.nullable(),
    wait_reason: z.enum(WAIT_REASONS).nullable(),
    status_message: textOrNull.describe('Why it waits.'),
    starts_when: z.string().describe('What would start it.'),
  })
  .meta({
    id: 'QueueEntry',
    examples: [
      {
        job_id: ID,
        name: 'Experiment 1',
        project_id: PROJECT_ID,
        position: 1,
        priority: 0,
        queued_at: '2026-11-23T19:53:27.150Z',
        gpus: 4,
        gpu_indices: null,
        min_gpu_memory_mb: null,
        connection_ids: [CONNECTION_ID],
        depends_on: null,
        wait_reason: 'no_gpu_free',
        status_message: 'Waits for 4 GPUs on dgx-1 to become free.',
        starts_when:
          'enough of the GPUs that it can use are free; free ones are kept for it meanwhile',
      },
    ],
  })
export type QueueEntry = z.infer<typeof queueEntry>

const holder = z.union([
  z.strictObject({
    kind: z.literal('job'),
    job_id: z.string(),
    job_name: textOrNull,
    attempt: count,
    since: moment,
  }),
  z.strictObject({ kind: z.literal('process'), ...gpuProcess.shape }),
])

export const fleetGpu = z
  .strictObject({
    connection_id: z.string(),
    connection_name: z.string(),
    index: count.nullable(),
    uuid: z.string(),
    name: textOrNull,
    memory_kind: memoryKind,
    memory_total_mb: z.number().nullable(),
    memory_available_mb: z.number().nullable(),
    gpu_utilization: z.number().nullable(),
    is_free: z.boolean().describe('Whether a job can have it now.'),
    reason: z.enum(GPU_BLOCKS).nullable().describe('Why it is not free; null when it is.'),
    message: textOrNull,
    holder: holder.nullable().describe('The job that has it, or the largest process of none.'),
    recorded_at: moment.nullable(),
  })
  .meta({
    id: 'FleetGpu',
    examples: [
      {
        connection_id: CONNECTION_ID,
        connection_name: 'dgx-1',
        index: 0,
        uuid: GPU,
        name: 'NVIDIA A100-SXM4-80GB',
        memory_kind: 'dedicated',
        memory_total_mb: 81920,
        memory_available_mb: 81050,
        gpu_utilization: 0,
        is_free: true,
        reason: null,
        message: null,
        holder: null,
        recorded_at: '2026-11-23T20:02:10.001Z',
      },
    ],
  })
export type FleetGpuAnswer = z.infer<typeof fleetGpu>

export const fleetGpuMeta = z
  .strictObject({ free: count.describe('How many of them are free.') })
  .meta({ id: 'FleetGpuMeta' })

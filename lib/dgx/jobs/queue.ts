import { database } from '../../db/client'
import { runtime } from '../runtime'
import type { QueueEntry } from './queue-answers'
import type { WaitReason } from './states'

/** The jobs that wait, in the order of their turns, then those that wait to be started by hand. */
export async function listQueue(): Promise<QueueEntry[]> {
  const { waiting, decisions } = await runtime().scheduler.plan()
  const held = await database().job.findMany({
    where: { phase: 'held' },
    orderBy: [{ created_at: 'asc' }, { id: 'asc' }],
    take: 1000,
  })
  return [
    ...waiting.map((job, i) => {
      const decision = decisions.get(job.id)
      // It is just being placed; the next look shows it as starting.
      const wait = decision?.machine === null ? decision : null
      return {
        ...toEntry(job),
        position: i + 1,
        wait_reason: wait?.wait_reason ?? null,
        status_message: wait ? wait.message : 'Can start now.',
        starts_when: startsWhen(wait?.wait_reason ?? null),
      }
    }),
    ...held.map((job) => ({
      ...toEntry(job),
      position: null,
      wait_reason: 'not_started' as const,
      status_message: job.status_message,
      starts_when: `it is started: POST /api/dgx/jobs/${job.id}/start`,
    })),
  ]
}

function toEntry(job: {
  id: string
  name: string
  project_id: string | null
  priority: number
  queued_at: Date | null
  gpus: number
  gpu_indices: unknown
  min_gpu_memory_mb: number | null
  connection_ids: unknown
  depends_on: unknown
}) {
  const { id, name, project_id, priority, gpus, min_gpu_memory_mb } = job
  return {
    ...{ job_id: id, name, project_id, priority, gpus, min_gpu_memory_mb },
    queued_at: job.queued_at?.toISOString() ?? null,
    // Written by this program only, in these shapes.
    gpu_indices: job.gpu_indices as number[] | null,
    connection_ids: (job.connection_ids as string[] | null) ?? [],
    depends_on: job.depends_on as string[] | null,
  }
}

function startsWhen(reason: WaitReason | null): string {
  switch (reason) {
    case 'dependency':
      return 'the jobs that it depends on have completed'
    case 'no_gpu_free':
      return 'enough of the GPUs that it can use are free; free ones are kept for it meanwhile'
    case 'behind_others':
      return 'the jobs before it that want the same GPUs have started, or one of a higher priority is given to it'
    case 'gpu_unhealthy':
      return 'GPUs with a fault are well again'
    case 'gpus_unknown':
      return 'nvidia-smi answers on its machine'
    case 'host_unreachable':
      return 'its machine can be reached again'
    case 'host_disconnected':
      return 'its machine is connected: POST /api/dgx/connect/:id'
    case 'no_machine':
    case 'does_not_fit':
      return 'it is changed: PUT what it asks for, or cancel it'
    default:
      return 'now'
  }
}

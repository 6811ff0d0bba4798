import type { PrismaClient } from '@/lib/db/generated/client'
import type { Health } from '@/lib/dgx/gpu/types'

const HOUR_MS = 3_600_000

const HOT: Health['reasons'] = [
  {
    code: 'sw_thermal_slowdown',
    message:
      'The driver lowers the clock because the GPU is hot; check fans, air flow and room temperature.',
  },
]

/** What the health of one GPU went through, by hours ago. */
const STORY = [
  { hoursAgo: 53, from: null, to: 'ok', reasons: [] },
  { hoursAgo: 9.4, from: 'ok', to: 'warning', reasons: HOT },
  { hoursAgo: 9.1, from: 'warning', to: 'ok', reasons: [] },
]

/** Gives a GPU a past with a hot half hour in it. */
export async function addHealthStory(
  database: PrismaClient,
  options: { connectionId: string; gpuUuid: string; gpuIndex: number; now: number },
): Promise<void> {
  const { connectionId, gpuUuid, gpuIndex, now } = options
  await database.healthEvent.createMany({
    data: STORY.map(({ hoursAgo, from, to, reasons }) => ({
      connection_id: connectionId,
      gpu_uuid: gpuUuid,
      gpu_index: gpuIndex,
      from_status: from,
      to_status: to,
      reasons,
      changed_at: new Date(now - hoursAgo * HOUR_MS),
    })),
  })
}

import { z } from 'zod'
import { page } from '@/lib/api/envelope'
import { handler, idParams, route } from '@/lib/api/handler'
import { listHealthEvents } from '@/lib/dgx'
import { healthEvent } from '@/lib/dgx/gpu/answers'
import { healthEventsQuerySchema } from '@/lib/dgx/gpu/schema'
import { pageMeta } from '@/lib/dgx/pagination'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'listHealthEvents',
      summary: "List changes of the GPUs' health",
      description:
        'The newest first. A new reason gives an event at once; one counts as gone when it was absent for 60 s.',
      params: idParams,
      query: healthEventsQuerySchema,
      returns: z.array(healthEvent),
      meta: pageMeta,
      table: { columns: ['changed_at', 'gpu_index', 'from', 'to', 'reasons'] },
      errors: ['connection_not_found'],
    },
    async ({ params, query }) => page(await listHealthEvents({ ...params, ...query })),
  ),
})

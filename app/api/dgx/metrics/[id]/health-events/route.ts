import { page } from '@/lib/api/envelope'
import { handler, idParams, route } from '@/lib/api/handler'
import { listHealthEvents } from '@/lib/dgx'
import { healthEventsQuerySchema } from '@/lib/dgx/gpu/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ params: idParams, query: healthEventsQuerySchema }, async ({ params, query }) =>
    page(await listHealthEvents({ ...params, ...query })),
  ),
})

import { handler, idParams, route } from '@/lib/api/handler'
import { resumePoint } from '@/lib/api/stream'
import { streamLive } from '@/lib/dgx'
import { sampledAt } from '@/lib/dgx/live/events'
import { streamedEvent, streamQuery } from '@/lib/dgx/live/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'streamMetrics',
      summary: 'Follow the samples of a machine',
      params: idParams,
      query: streamQuery,
      events: streamedEvent,
      eventId: sampledAt,
      errors: ['connection_not_found'],
    },
    null,
    ({ params, query, request, signal }) =>
      streamLive({
        topics: [`metrics:${params.id}`],
        ...query,
        ...resumePoint(request),
        signal,
      }),
  ),
})

import { handler, idParams, route } from '@/lib/api/handler'
import { resumePoint, streamFormat, streamResponse } from '@/lib/api/stream'
import { streamLive } from '@/lib/dgx'
import { sampledAt } from '@/lib/dgx/live/events'
import { streamQuery } from '@/lib/dgx/live/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    { params: idParams, query: streamQuery },
    async ({ params, query, request, signal }) =>
      streamResponse(
        request,
        streamFormat(request) ?? 'events',
        await streamLive({
          topics: [`metrics:${params.id}`],
          ...query,
          ...resumePoint(request),
          signal,
        }),
        sampledAt,
      ),
  ),
})

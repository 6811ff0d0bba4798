import { handler, route } from '@/lib/api/handler'
import { resumePoint, streamFormat, streamResponse } from '@/lib/api/stream'
import { streamLive } from '@/lib/dgx'
import { sampledAt } from '@/lib/dgx/live/events'
import { liveQuery } from '@/lib/dgx/live/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ query: liveQuery }, async ({ query, request, signal }) =>
    streamResponse(
      request,
      streamFormat(request) ?? 'events',
      await streamLive({ ...query, ...resumePoint(request), signal }),
      sampledAt,
    ),
  ),
})

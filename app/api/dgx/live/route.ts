import { handler, route } from '@/lib/api/handler'
import { resumePoint } from '@/lib/api/stream'
import { streamLive } from '@/lib/dgx'
import { sampledAt } from '@/lib/dgx/live/events'
import { liveQuery, streamedEvent } from '@/lib/dgx/live/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'streamLive',
      summary: 'Follow what happens',
      description:
        'First what is true now, then every change. A slow reader gets the newest of each, never all that it missed.',
      query: liveQuery,
      events: streamedEvent,
      eventId: sampledAt,
      errors: ['connection_not_found'],
    },
    null,
    ({ query, request, signal }) => streamLive({ ...query, ...resumePoint(request), signal }),
  ),
})

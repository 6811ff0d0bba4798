import { handler, idParams, route } from '@/lib/api/handler'
import { searchLogs } from '@/lib/dgx'
import { logSearchQuery } from '@/lib/dgx/jobs/logs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ params: idParams, query: logSearchQuery }, ({ params, query, signal }) =>
    searchLogs({ ...params, ...query, signal }),
  ),
})

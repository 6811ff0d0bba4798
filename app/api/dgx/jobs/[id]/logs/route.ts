import { handler, idParams, route } from '@/lib/api/handler'
import { logsAnswer } from '@/lib/api/logs'
import { logsQuery } from '@/lib/dgx/jobs/logs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ params: idParams, query: logsQuery }, ({ params, ...input }) =>
    logsAnswer({ ...params, ...input }),
  ),
})

import { handler, idParams, route } from '@/lib/api/handler'
import { hostHistoryAnswer } from '@/lib/api/history'
import { getHostHistory } from '@/lib/dgx'
import { hostHistoryQuerySchema } from '@/lib/dgx/gpu/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ params: idParams, query: hostHistoryQuerySchema }, async ({ params, query }) =>
    hostHistoryAnswer(query.format, await getHostHistory({ ...params, ...query })),
  ),
})

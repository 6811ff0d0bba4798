import { handler, idParams, route } from '@/lib/api/handler'
import { historyAnswer } from '@/lib/api/history'
import { getMetricsHistory } from '@/lib/dgx'
import { historyQuerySchema } from '@/lib/dgx/gpu/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ params: idParams, query: historyQuerySchema }, async ({ params, query }) =>
    historyAnswer(query.format, await getMetricsHistory({ ...params, ...query })),
  ),
})

import { handler, idParams, route } from '@/lib/api/handler'
import { listJobMetrics } from '@/lib/dgx'
import { jobMetricsQuery } from '@/lib/dgx/jobs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ params: idParams, query: jobMetricsQuery }, ({ params, query }) =>
    listJobMetrics({ ...params, ...query }),
  ),
})

import { handler, idParams, route } from '@/lib/api/handler'
import { addJobMetrics, listJobMetrics } from '@/lib/dgx'
import {
  jobMetricsInput,
  jobMetricsQuery,
  METRICS_BODY_LIMIT_BYTES,
} from '@/lib/dgx/jobs/metrics/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ params: idParams, query: jobMetricsQuery }, ({ params, query }) =>
    listJobMetrics({ ...params, ...query }),
  ),
  POST: handler(
    { params: idParams, body: jobMetricsInput, bodyLimitBytes: METRICS_BODY_LIMIT_BYTES },
    ({ params, body }) => addJobMetrics({ ...params, points: body }),
  ),
})

import { z } from 'zod'
import { handler, idParams, route } from '@/lib/api/handler'
import { addJobMetrics, listJobMetrics } from '@/lib/dgx'
import { appendResult, jobMetricPoint } from '@/lib/dgx/jobs/metrics/answers'
import {
  jobMetricsInput,
  jobMetricsQuery,
  METRICS_BODY_LIMIT_BYTES,
} from '@/lib/dgx/jobs/metrics/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'listJobMetrics',
      summary: 'The points of a job',
      description: 'In the order in which they came; of more than `limit` the newest.',
      params: idParams,
      query: jobMetricsQuery,
      returns: z.array(jobMetricPoint),
      errors: ['job_not_found'],
    },
    ({ params, query }) => listJobMetrics({ ...params, ...query }),
  ),
  POST: handler(
    {
      id: 'addJobMetrics',
      summary: 'Append points to a job',
      description:
        'One point, or up to 1000 as `points`. What JSON has no number for is `"NaN"`, `"Infinity"` or ' +
        '`"-Infinity"`. Objects inside `metrics` become names with dots.',
      params: idParams,
      body: jobMetricsInput,
      bodyLimitBytes: METRICS_BODY_LIMIT_BYTES,
      returns: appendResult,
      errors: ['job_not_found'],
    },
    ({ params, body }) => addJobMetrics({ ...params, points: body }),
  ),
})

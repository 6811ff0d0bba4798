import { handler, idParams, route } from '@/lib/api/handler'
import { getJobSeries } from '@/lib/dgx'
import { jobSeriesQuery } from '@/lib/dgx/jobs/metrics/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ params: idParams, query: jobSeriesQuery }, ({ params, query }) =>
    getJobSeries({ ...params, ...query }),
  ),
})

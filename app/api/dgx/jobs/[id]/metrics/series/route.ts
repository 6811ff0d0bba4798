import { handler, idParams, route } from '@/lib/api/handler'
import { getJobSeries } from '@/lib/dgx'
import { jobSeries } from '@/lib/dgx/jobs/metrics/answers'
import { jobSeriesQuery } from '@/lib/dgx/jobs/metrics/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'getJobSeries',
      summary: 'The metrics of a job for charts',
      description:
        'Decimated: a point that stands for several has their mean, the least and the greatest. Every value ' +
        'that is not finite is kept beside them.',
      params: idParams,
      query: jobSeriesQuery,
      returns: jobSeries,
      errors: ['job_not_found'],
    },
    ({ params, query }) => getJobSeries({ ...params, ...query }),
  ),
})

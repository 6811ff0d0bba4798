import { answer } from '@/lib/api/envelope'
import { handler, idParams, route } from '@/lib/api/handler'
import { waitForJob } from '@/lib/dgx'
import { jobWithAttempts, waitMeta } from '@/lib/dgx/jobs/answers'
import { jobWaitQuery } from '@/lib/dgx/jobs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'waitForJob',
      summary: 'Wait for a job to end',
      description: 'Or for one of the statuses in `until`; an end always answers.',
      params: idParams,
      query: jobWaitQuery,
      waits: { by: 'timeout_s', most_s: 55 },
      returns: jobWithAttempts,
      meta: waitMeta,
      errors: ['job_not_found'],
    },
    async ({ params, query, signal }) => {
      const { job, timed_out } = await waitForJob({ ...params, ...query, signal })
      return answer({ data: job, meta: { timed_out } })
    },
  ),
})

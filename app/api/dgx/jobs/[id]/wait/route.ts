import { answer } from '@/lib/api/envelope'
import { handler, idParams, route } from '@/lib/api/handler'
import { waitForJob } from '@/lib/dgx'
import { jobWaitQuery } from '@/lib/dgx/jobs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ params: idParams, query: jobWaitQuery }, async ({ params, query, signal }) => {
    const { job, timed_out } = await waitForJob({ ...params, ...query, signal })
    return answer({ data: job, meta: { timed_out } })
  }),
})

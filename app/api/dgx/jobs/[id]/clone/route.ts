import { created } from '@/lib/api/envelope'
import { handler, idParams, route } from '@/lib/api/handler'
import { cloneJob } from '@/lib/dgx'
import { jobCloneInput } from '@/lib/dgx/jobs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler({ params: idParams, body: jobCloneInput }, async ({ params, body }) => {
    const job = await cloneJob({ ...params, changes: body })
    return created(`/api/dgx/jobs/${job.id}`, job)
  }),
})

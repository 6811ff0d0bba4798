import { created, page } from '@/lib/api/envelope'
import { handler, route } from '@/lib/api/handler'
import { createJob, listJobs } from '@/lib/dgx'
import { jobInput, jobListQuery } from '@/lib/dgx/jobs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ query: jobListQuery }, async ({ query }) => page(await listJobs(query))),
  POST: handler({ body: jobInput }, async ({ body }) => {
    const job = await createJob(body)
    return created(`/api/dgx/jobs/${job.id}`, job)
  }),
})

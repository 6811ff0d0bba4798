import { created, page } from '@/lib/api/envelope'
import { handler, route } from '@/lib/api/handler'
import { createJob, dryRunJob, listJobs } from '@/lib/dgx'
import { jobCreateQuery, jobInput, jobListQuery } from '@/lib/dgx/jobs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ query: jobListQuery }, async ({ query }) => page(await listJobs(query))),
  POST: handler({ body: jobInput, query: jobCreateQuery }, async ({ body, query }) => {
    if (query.dry_run) return dryRunJob(body)
    const job = await createJob(body)
    return created(`/api/dgx/jobs/${job.id}`, job)
  }),
})

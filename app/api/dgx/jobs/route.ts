import { z } from 'zod'
import { created, page } from '@/lib/api/envelope'
import { handler, route } from '@/lib/api/handler'
import { createJob, dryRunJob, listJobs } from '@/lib/dgx'
import { SAFETY_ERRORS } from '@/lib/dgx/errors'
import { job } from '@/lib/dgx/jobs/answers'
import { dryRun } from '@/lib/dgx/jobs/queue-answers'
import { jobCreateQuery, jobInput, jobListQuery, ORDER_ERRORS } from '@/lib/dgx/jobs/schema'
import { pageMeta } from '@/lib/dgx/pagination'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'listJobs',
      summary: 'List jobs',
      query: jobListQuery,
      returns: z.array(job),
      meta: pageMeta,
      table: {
        columns: [
          'name',
          'status',
          'phase',
          'gpus',
          'started_at',
          'completed_at',
          'status_message',
          'id',
        ],
      },
      errors: ['project_not_found', 'connection_not_found'],
    },
    async ({ query }) => page(await listJobs(query)),
  ),
  POST: handler(
    {
      id: 'createJob',
      audit: { subject: 'job' },
      summary: 'Create a job',
      description:
        'With a `command` it is queued and run by the app; without one it is tracked by hand. What no machine could ever run is refused. `dry_run` checks everything and stores nothing; it answers 200 with where and when the job would run.',
      body: jobInput,
      query: jobCreateQuery,
      returns: z.union([job, dryRun]),
      status: 201,
      mayCreateNothing: true,
      errors: [...ORDER_ERRORS, ...SAFETY_ERRORS, 'too_busy'],
    },
    async ({ body, query, asker }) => {
      if (query.dry_run) return dryRunJob(body)
      const made = await createJob(body, asker)
      return created(`/api/dgx/jobs/${made.id}`, made)
    },
  ),
})

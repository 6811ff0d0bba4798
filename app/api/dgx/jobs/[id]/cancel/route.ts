import { handler, idParams, noBody, route } from '@/lib/api/handler'
import { cancelJob } from '@/lib/dgx'
import { job } from '@/lib/dgx/jobs/answers'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler(
    {
      id: 'cancelJob',
      audit: { subject: 'job' },
      summary: 'Cancel a job',
      description:
        'Ends it at once while it waits; else TERM to all of its processes, and KILL after a grace, also when its machine can be reached only later. A job that was cancelled may be cancelled again.',
      params: idParams,
      body: noBody,
      returns: job,
      errors: ['job_not_found', 'job_not_managed', 'illegal_transition', 'machine_read_only'],
    },
    ({ params }) => cancelJob(params),
  ),
})

import { handler, idParams, noBody, route } from '@/lib/api/handler'
import { retryJob } from '@/lib/dgx'
import { SAFETY_ERRORS } from '@/lib/dgx/errors'
import { job } from '@/lib/dgx/jobs/answers'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler(
    {
      id: 'retryJob',
      audit: { subject: 'job' },
      summary: 'Run a job again',
      description:
        'Gives one that failed or was cancelled another attempt under the same id, with its own log and exit code.',
      params: idParams,
      body: noBody,
      returns: job,
      errors: [
        'job_not_found',
        'job_not_managed',
        'illegal_transition',
        ...SAFETY_ERRORS,
        'too_busy',
      ],
    },
    ({ params, asker }) => retryJob({ ...params, ...asker }),
  ),
})

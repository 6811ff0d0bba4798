import { handler, idParams, noBody, route } from '@/lib/api/handler'
import { startJob } from '@/lib/dgx'
import { SAFETY_ERRORS } from '@/lib/dgx/errors'
import { job } from '@/lib/dgx/jobs/answers'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler(
    {
      id: 'startJob',
      audit: { subject: 'job' },
      summary: 'Let a held job wait for its turn',
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
    ({ params, asker }) => startJob({ ...params, ...asker }),
  ),
})

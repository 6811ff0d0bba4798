import { created } from '@/lib/api/envelope'
import { handler, idParams, route } from '@/lib/api/handler'
import { cloneJob } from '@/lib/dgx'
import { SAFETY_ERRORS } from '@/lib/dgx/errors'
import { job } from '@/lib/dgx/jobs/answers'
import { jobCloneInput, ORDER_ERRORS } from '@/lib/dgx/jobs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler(
    {
      id: 'cloneJob',
      audit: { subject: 'job' },
      summary: 'Create a job like another one',
      description:
        'With the changes of the body. The clone of a job that is tracked by hand is run by the app when it gets a `command`.',
      params: idParams,
      body: jobCloneInput,
      returns: job,
      status: 201,
      errors: [...ORDER_ERRORS, ...SAFETY_ERRORS, 'too_busy'],
    },
    async ({ params, body, asker }) => {
      const made = await cloneJob({ ...params, changes: body, ...asker })
      return created(`/api/dgx/jobs/${made.id}`, made)
    },
  ),
})

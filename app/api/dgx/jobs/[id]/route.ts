import { handler, idParams, route } from '@/lib/api/handler'
import { deleteJob, getJob, updateJob } from '@/lib/dgx'
import { SAFETY_ERRORS } from '@/lib/dgx/errors'
import { deleted } from '@/lib/dgx/fields'
import { job, jobWithAttempts } from '@/lib/dgx/jobs/answers'
import { jobDeleteQuery, jobUpdate, ORDER_ERRORS } from '@/lib/dgx/jobs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'getJob',
      summary: 'Get a job with its runs',
      params: idParams,
      returns: jobWithAttempts,
      errors: ['job_not_found'],
    },
    ({ params }) => getJob(params),
  ),
  PUT: handler(
    {
      id: 'updateJob',
      audit: { subject: 'job' },
      summary: 'Change a job',
      description:
        'New `metrics` take the place of the old and are appended to the history. The status of a job with a command is not for callers to set, and what it asks for can be changed only while it waits.',
      params: idParams,
      body: jobUpdate,
      returns: job,
      errors: [...ORDER_ERRORS, ...SAFETY_ERRORS, 'job_is_managed', 'job_not_waiting', 'too_busy'],
    },
    ({ params, body, asker }) => updateJob({ ...params, changes: body, ...asker }),
  ),
  DELETE: handler(
    {
      id: 'deleteJob',
      audit: { subject: 'job' },
      summary: 'Delete a job',
      description:
        'Removes it and its history, and its folder with logs and checkpoints (`DGX_JOB_DIR`) on its machines, now or once they can be reached. While it runs it is `jobs_running`; `force` stops it first.',
      params: idParams,
      query: jobDeleteQuery,
      returns: deleted,
      errors: ['job_not_found', 'jobs_running', 'not_connected', 'machine_read_only'],
    },
    ({ params, query }) => deleteJob({ ...params, ...query }),
  ),
})

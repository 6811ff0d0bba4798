import { handler, idParams, route } from '@/lib/api/handler'
import { logDownload } from '@/lib/api/logs'
import { LOG_ERRORS } from '@/lib/dgx/jobs/logs/answers'
import { logDownloadQuery } from '@/lib/dgx/jobs/logs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'downloadJobLog',
      summary: 'Download the whole log of a job',
      description:
        'One stream as it is now, of any size. A transfer that broke off goes on with `offset`.',
      params: idParams,
      query: logDownloadQuery,
      files: { 'application/octet-stream': 'step=1 loss=0.5\n' },
      errors: LOG_ERRORS,
    },
    ({ params, ...input }) => logDownload({ ...params, ...input }),
  ),
})

import { handler, idParams, route } from '@/lib/api/handler'
import { logsAnswer } from '@/lib/api/logs'
import { followLogs } from '@/lib/dgx'
import { LOG_ERRORS, logEvent, logs } from '@/lib/dgx/jobs/logs/answers'
import { logsQuery } from '@/lib/dgx/jobs/logs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'readJobLogs',
      summary: 'Read or follow the log of a job',
      description:
        'The last lines, or from an offset on; the `next_offset` of one answer is the `offset` of the next. ' +
        'Text never splits a character; bytes that are no UTF-8 become U+FFFD. `format=raw` or `Accept: text/plain` ' +
        'gives the exact bytes of one stream. `follow=true` goes on until the run has ended. ' +
        'While the machine is away, what was kept of the end is given, with `from_cache`.',
      params: idParams,
      query: logsQuery,
      returns: logs,
      events: logEvent,
      files: {
        'text/plain': 'step=1 loss=0.5\n',
        'application/octet-stream': 'step=1 loss=0.5\n',
      },
      errors: LOG_ERRORS,
    },
    ({ params, ...input }) => logsAnswer({ ...params, ...input }),
    ({ params, query, signal }) => followLogs({ ...params, ...query, signal }),
  ),
})

import { handler, idParams, route } from '@/lib/api/handler'
import { searchLogs } from '@/lib/dgx'
import { LOG_ERRORS, logSearch } from '@/lib/dgx/jobs/logs/answers'
import { logSearchQuery } from '@/lib/dgx/jobs/logs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'searchJobLogs',
      summary: 'Search the log of a job on its machine',
      params: idParams,
      query: logSearchQuery,
      returns: logSearch,
      errors: LOG_ERRORS,
    },
    ({ params, query, signal }) => searchLogs({ ...params, ...query, signal }),
  ),
})

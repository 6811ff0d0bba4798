import { z } from 'zod'
import { handler, idParams, route } from '@/lib/api/handler'
import { hostHistoryAnswer } from '@/lib/api/history'
import { getHostHistory } from '@/lib/dgx'
import { historyMeta, hostHistoryRow } from '@/lib/dgx/gpu/answers'
import { HOST_HISTORY_COLUMNS } from '@/lib/dgx/gpu/host-history'
import { hostHistoryQuerySchema } from '@/lib/dgx/gpu/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'getHostHistory',
      summary: 'Past samples of the machine itself',
      description: 'In buckets, as those of its GPUs. The totals are the greatest of a bucket.',
      params: idParams,
      query: hostHistoryQuerySchema,
      returns: z.array(hostHistoryRow),
      meta: historyMeta,
      files: { 'text/csv': `${HOST_HISTORY_COLUMNS.join(',')}\r\n` },
      errors: ['connection_not_found'],
    },
    async ({ params, query }) =>
      hostHistoryAnswer(query.format, await getHostHistory({ ...params, ...query })),
  ),
})

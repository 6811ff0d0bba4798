import { z } from 'zod'
import { handler, idParams, route } from '@/lib/api/handler'
import { historyAnswer } from '@/lib/api/history'
import { getMetricsHistory } from '@/lib/dgx'
import { historyMeta, historyRow } from '@/lib/dgx/gpu/answers'
import { HISTORY_COLUMNS } from '@/lib/dgx/gpu/history'
import { historyQuerySchema } from '@/lib/dgx/gpu/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'getMetricsHistory',
      summary: 'Past samples of the GPUs',
      description:
        'Averages over buckets of equal length, ordered by time, then by GPU. Where nothing was recorded there is no row. It works for a machine that is not connected, too.',
      params: idParams,
      query: historyQuerySchema,
      returns: z.array(historyRow),
      meta: historyMeta,
      files: { 'text/csv': `${HISTORY_COLUMNS.join(',')}\r\n` },
      errors: ['connection_not_found'],
    },
    async ({ params, query }) =>
      historyAnswer(query.format, await getMetricsHistory({ ...params, ...query })),
  ),
})

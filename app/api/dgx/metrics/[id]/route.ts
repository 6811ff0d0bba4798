import { handler, idParams, route } from '@/lib/api/handler'
import { getGPUMetrics } from '@/lib/dgx'
import { metrics } from '@/lib/dgx/gpu/types'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'getMetrics',
      summary: 'The newest sample of a connected machine',
      description:
        'Right after a connect it waits for the first one, at most 15 s. Unknown is null, never 0. When no GPU could be read at all the answer is `nvidia_smi_missing`, `nvidia_smi_failed` or `nvidia_smi_hung`, with this same object in `data`.',
      params: idParams,
      returns: metrics,
      table: {
        rows: 'gpus',
        columns: [
          'index',
          'name',
          'gpu_utilization',
          'memory_used_mb',
          'memory_total_mb',
          'temperature_c',
          'power_watts',
          'health.status',
        ],
      },
      errors: [
        'connection_not_found',
        'not_connected',
        'nvidia_smi_missing',
        'nvidia_smi_failed',
        'nvidia_smi_hung',
      ],
    },
    ({ params, signal }) => getGPUMetrics({ ...params, signal }),
  ),
})

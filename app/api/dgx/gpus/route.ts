import { z } from 'zod'
import { answer } from '@/lib/api/envelope'
import { handler, route } from '@/lib/api/handler'
import { listGpus } from '@/lib/dgx'
import { fleetGpu, fleetGpuMeta } from '@/lib/dgx/jobs/queue-answers'
import { gpuListQuery } from '@/lib/dgx/jobs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'listGpus',
      summary: 'The GPUs of all machines, and whether jobs can have them',
      query: gpuListQuery,
      returns: z.array(fleetGpu),
      table: {
        columns: [
          'connection_name',
          'index',
          'name',
          'gpu_utilization',
          'memory_available_mb',
          'memory_total_mb',
          'is_free',
          'message',
        ],
      },
      meta: fleetGpuMeta,
      errors: ['connection_not_found'],
    },
    async ({ query }) => {
      const data = await listGpus(query)
      return answer({ data, meta: { free: data.filter(({ is_free }) => is_free).length } })
    },
  ),
})

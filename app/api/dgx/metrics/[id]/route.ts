import { handler, idParams, route } from '@/lib/api/handler'
import { getGPUMetrics } from '@/lib/dgx'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ params: idParams }, ({ params, signal }) => getGPUMetrics({ ...params, signal })),
})

import { answer } from '@/lib/api/envelope'
import { handler, route } from '@/lib/api/handler'
import { listGpus } from '@/lib/dgx'
import { gpuListQuery } from '@/lib/dgx/jobs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ query: gpuListQuery }, async ({ query }) => {
    const data = await listGpus(query)
    return answer({ data, meta: { free: data.filter(({ is_free }) => is_free).length } })
  }),
})

import { handler, route } from '@/lib/api/handler'
import { streamFormat, streamResponse } from '@/lib/api/stream'
import { streamConnectionTest, testConnection } from '@/lib/dgx'
import { connectionTestInput } from '@/lib/dgx/connections/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler({ body: connectionTestInput }, async ({ body, request, signal }) => {
    const format = streamFormat(request)
    if (!format) return testConnection({ ...body, signal })
    return streamResponse(request, format, streamConnectionTest({ ...body, signal }))
  }),
})

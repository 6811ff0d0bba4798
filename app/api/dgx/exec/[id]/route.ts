import { handler, idParams, route } from '@/lib/api/handler'
import { streamFormat, streamResponse } from '@/lib/api/stream'
import { executeCommand, streamCommand } from '@/lib/dgx'
import { execInput } from '@/lib/dgx/exec/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler(
    { params: idParams, body: execInput, bodyLimitBytes: 16 * 1024 * 1024 },
    async ({ params, body, request, signal }) => {
      const format = streamFormat(request)
      if (!format) return executeCommand({ ...params, ...body, signal })
      return streamResponse(request, format, await streamCommand({ ...params, ...body, signal }))
    },
  ),
})

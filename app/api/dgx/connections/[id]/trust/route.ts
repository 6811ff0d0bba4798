import { handler, idParams, route } from '@/lib/api/handler'
import { trustHostKey } from '@/lib/dgx'
import { trustInput } from '@/lib/dgx/connections/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler({ params: idParams, body: trustInput }, ({ params, body }) =>
    trustHostKey({ ...params, ...body }),
  ),
})

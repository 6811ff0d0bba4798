import { handler, idParams, route } from '@/lib/api/handler'
import { connectToDGX } from '@/lib/dgx'
import { connectInput } from '@/lib/dgx/connections/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler({ params: idParams, body: connectInput }, ({ params, body }) =>
    connectToDGX({ ...params, ...body }),
  ),
})

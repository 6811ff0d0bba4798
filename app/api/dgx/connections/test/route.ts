import { handler, route } from '@/lib/api/handler'
import { testConnection } from '@/lib/dgx'
import { connectionTestInput } from '@/lib/dgx/connections/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler({ body: connectionTestInput }, ({ body, signal }) => testConnection(body, signal)),
})

import { handler, route } from '@/lib/api/handler'
import { reorderConnections } from '@/lib/dgx'
import { reorderInput } from '@/lib/dgx/connections/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler({ body: reorderInput }, ({ body }) => reorderConnections(body)),
})

import { handler, idParams, route } from '@/lib/api/handler'
import { getConnectionStatus } from '@/lib/dgx'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ params: idParams }, ({ params }) => getConnectionStatus(params)),
})

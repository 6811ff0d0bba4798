import { handler, idParams, route } from '@/lib/api/handler'
import { getConnectionContents } from '@/lib/dgx'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ params: idParams }, ({ params }) => getConnectionContents(params)),
})

import { handler, idParams, route } from '@/lib/api/handler'
import { deleteConnection, getConnection, updateConnection } from '@/lib/dgx'
import { connectionUpdate, deleteQuery } from '@/lib/dgx/connections/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ params: idParams }, ({ params }) => getConnection(params)),
  PUT: handler({ params: idParams, body: connectionUpdate }, ({ params, body }) =>
    updateConnection({ ...params, changes: body }),
  ),
  DELETE: handler({ params: idParams, query: deleteQuery }, ({ params, query }) =>
    deleteConnection({ ...params, ...query }),
  ),
})

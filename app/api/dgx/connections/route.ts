import { created, page } from '@/lib/api/envelope'
import { handler, route } from '@/lib/api/handler'
import { createConnection, listConnections } from '@/lib/dgx'
import { connectionInput, connectionListQuery } from '@/lib/dgx/connections/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ query: connectionListQuery }, async ({ query }) =>
    page(await listConnections(query)),
  ),
  POST: handler({ body: connectionInput }, async ({ body }) => {
    const connection = await createConnection(body)
    return created(`/api/dgx/connections/${connection.id}`, connection)
  }),
})

import { handler, route } from '@/lib/api/handler'
import { reorderConnections } from '@/lib/dgx'
import { connectionOrder } from '@/lib/dgx/connections/answers'
import { reorderInput } from '@/lib/dgx/connections/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler(
    {
      id: 'reorderConnections',
      audit: { subject: null },
      summary: 'Put connections in your own order',
      scope: 'admin',
      description:
        'Those named, by id or name, come first; the others follow as they were. The pages and `sort=position` have this order.',
      body: reorderInput,
      returns: connectionOrder,
      errors: ['connection_not_found'],
    },
    ({ body }) => reorderConnections(body),
  ),
})

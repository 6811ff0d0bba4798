import { handler, idParams, route } from '@/lib/api/handler'
import { getConnectionContents } from '@/lib/dgx'
import { connectionContents } from '@/lib/dgx/connections/answers'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'getConnectionContents',
      summary: 'What deleting a connection takes away',
      params: idParams,
      returns: connectionContents,
      errors: ['connection_not_found'],
    },
    ({ params }) => getConnectionContents(params),
  ),
})

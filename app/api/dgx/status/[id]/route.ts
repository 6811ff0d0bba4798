import { handler, idParams, route } from '@/lib/api/handler'
import { getConnectionStatus } from '@/lib/dgx'
import { connectionStatusAnswer } from '@/lib/dgx/connections/answers'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'getConnectionStatus',
      summary: 'The status of a machine',
      params: idParams,
      returns: connectionStatusAnswer,
      errors: ['connection_not_found'],
    },
    ({ params }) => getConnectionStatus(params),
  ),
})

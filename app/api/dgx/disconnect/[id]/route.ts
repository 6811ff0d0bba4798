import { handler, idParams, noBody, route } from '@/lib/api/handler'
import { disconnectFromDGX } from '@/lib/dgx'
import { connectionStatusAnswer } from '@/lib/dgx/connections/answers'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler(
    {
      id: 'disconnect',
      audit: { subject: 'connection' },
      summary: 'Disconnect a machine',
      description: 'Forgets secrets and stops keeping the machine connected; idempotent.',
      params: idParams,
      body: noBody,
      returns: connectionStatusAnswer,
      errors: ['connection_not_found'],
    },
    ({ params }) => disconnectFromDGX(params),
  ),
})

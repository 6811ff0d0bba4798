import { handler, idParams, route } from '@/lib/api/handler'
import { connectToDGX } from '@/lib/dgx'
import { connectionStatusAnswer } from '@/lib/dgx/connections/answers'
import { connectInput } from '@/lib/dgx/connections/schema'
import { CONNECT_ERRORS } from '@/lib/dgx/errors'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler(
    {
      id: 'connect',
      audit: { subject: 'connection' },
      summary: 'Connect a machine',
      description:
        'Waits until the machine is ready or the attempt has failed; idempotent. From then on it is kept connected, also after a restart. A failure that may pass by itself is tried again in the background. Secrets are kept in memory until you disconnect or the app ends, never stored.',
      params: idParams,
      body: connectInput,
      returns: connectionStatusAnswer,
      errors: ['connection_not_found', ...CONNECT_ERRORS],
    },
    ({ params, body }) => connectToDGX({ ...params, ...body }),
  ),
})

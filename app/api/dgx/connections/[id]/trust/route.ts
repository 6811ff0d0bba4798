import { handler, idParams, route } from '@/lib/api/handler'
import { trustHostKey } from '@/lib/dgx'
import { connectionStatusAnswer } from '@/lib/dgx/connections/answers'
import { trustInput } from '@/lib/dgx/connections/schema'
import { CONNECT_ERRORS } from '@/lib/dgx/errors'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler(
    {
      id: 'trustHostKey',
      audit: { subject: 'connection' },
      summary: 'Trust a host key',
      scope: 'admin',
      description:
        'Accepts exactly the host key that was refused last, in the place of what was accepted for that address before, then connects. Compare the fingerprint with the machine itself first.',
      params: idParams,
      body: trustInput,
      returns: connectionStatusAnswer,
      errors: ['connection_not_found', 'host_key_mismatch', ...CONNECT_ERRORS],
    },
    ({ params, body }) => trustHostKey({ ...params, ...body }),
  ),
})

import { handler, idParams, route } from '@/lib/api/handler'
import { getKey, revokeKey, updateKey } from '@/lib/dgx'
import { apiKey } from '@/lib/dgx/keys/answers'
import { keyUpdate } from '@/lib/dgx/keys/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'getKey',
      summary: 'Get an API key, without the key itself',
      scope: 'admin',
      params: idParams,
      returns: apiKey,
      errors: ['key_not_found'],
    },
    ({ params }) => getKey(params),
  ),
  PUT: handler(
    {
      id: 'updateKey',
      audit: { subject: 'key' },
      summary: 'Change an API key',
      description:
        'Fields that are left out stay as they are. With another scope, streams and WebSockets that the key has open end.',
      scope: 'admin',
      params: idParams,
      body: keyUpdate,
      returns: apiKey,
      errors: ['key_not_found', 'name_taken'],
    },
    ({ params, body }) => updateKey({ ...params, changes: body }),
  ),
  DELETE: handler(
    {
      id: 'revokeKey',
      audit: { subject: 'key' },
      summary: 'Revoke an API key',
      description:
        'For good, and everything that the key has open ends. Its record stays, with `revoked_at`, so that what it did can be named.',
      scope: 'admin',
      params: idParams,
      returns: apiKey,
      errors: ['key_not_found'],
    },
    ({ params }) => revokeKey(params),
  ),
})

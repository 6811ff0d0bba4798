import { z } from 'zod'
import { answer, page } from '@/lib/api/envelope'
import { handler, route } from '@/lib/api/handler'
import { createKey, listKeys } from '@/lib/dgx'
import { apiKey, newApiKey, newApiKeyMeta } from '@/lib/dgx/keys/answers'
import { keyInput, keyListQuery } from '@/lib/dgx/keys/schema'
import { pageMeta } from '@/lib/dgx/pagination'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'listKeys',
      summary: 'List API keys',
      scope: 'admin',
      query: keyListQuery,
      returns: z.array(apiKey),
      meta: pageMeta,
      table: { columns: ['name', 'scope', 'rate_limit_per_minute', 'prefix', 'last_used_at'] },
    },
    async ({ query }) => page(await listKeys(query)),
  ),
  POST: handler(
    {
      id: 'createKey',
      audit: { subject: 'key' },
      summary: 'Create an API key',
      description:
        'Only this answer has the key itself; it is stored nowhere, so there is no `Idempotency-Key`.',
      scope: 'admin',
      isUnrepeatable: true,
      body: keyInput,
      status: 201,
      returns: newApiKey,
      meta: newApiKeyMeta,
      errors: ['name_taken'],
    },
    async ({ body }) => {
      const data = await createKey(body)
      return answer({
        data,
        status: 201,
        headers: { location: `/api/dgx/keys/${data.id}` },
        meta: { notice: 'Keep the key now: it is not shown again.' },
      })
    },
  ),
})

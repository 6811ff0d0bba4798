import { z } from 'zod'
import { created, page } from '@/lib/api/envelope'
import { handler, route } from '@/lib/api/handler'
import { createConnection, listConnections } from '@/lib/dgx'
import { connection } from '@/lib/dgx/connections/answers'
import { connectionInput, connectionListQuery } from '@/lib/dgx/connections/schema'
import { pageMeta } from '@/lib/dgx/pagination'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'listConnections',
      summary: 'List connections',
      query: connectionListQuery,
      returns: z.array(connection),
      meta: pageMeta,
      table: {
        columns: ['name', 'status', 'hostname', 'username', 'port', 'last_connected_at', 'id'],
      },
    },
    async ({ query }) => page(await listConnections(query)),
  ),
  POST: handler(
    {
      id: 'createConnection',
      audit: { subject: 'connection' },
      summary: 'Create a connection',
      scope: 'admin',
      description: 'It is not connected yet.',
      body: connectionInput,
      status: 201,
      returns: connection,
      errors: ['name_taken'],
    },
    async ({ body }) => {
      const made = await createConnection(body)
      return created(`/api/dgx/connections/${made.id}`, made)
    },
  ),
})

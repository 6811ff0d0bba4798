import { handler, idParams, route } from '@/lib/api/handler'
import { deleteConnection, getConnection, updateConnection } from '@/lib/dgx'
import { connection } from '@/lib/dgx/connections/answers'
import { connectionUpdate, deleteQuery } from '@/lib/dgx/connections/schema'
import { deleted } from '@/lib/dgx/fields'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'getConnection',
      summary: 'Get a connection',
      params: idParams,
      returns: connection,
      errors: ['connection_not_found'],
    },
    ({ params }) => getConnection(params),
  ),
  PUT: handler(
    {
      id: 'updateConnection',
      audit: { subject: 'connection' },
      summary: 'Change a connection',
      scope: 'admin',
      description:
        'Fields that are left out stay as they are; its read-only fields are accepted and ignored. A new address, user or key takes effect at once: the old connection is closed, and an active one is opened anew.',
      params: idParams,
      body: connectionUpdate,
      returns: connection,
      errors: ['connection_not_found', 'name_taken'],
    },
    ({ params, body }) => updateConnection({ ...params, changes: body }),
  ),
  DELETE: handler(
    {
      id: 'deleteConnection',
      audit: { subject: 'connection' },
      summary: 'Delete a connection',
      scope: 'admin',
      description:
        'Disconnects it and removes its metrics and health events. Its projects and jobs stay, without a machine, unless `cascade`; then the folders of those jobs on the machine go, too, if it answers. While jobs run there it is `jobs_running`; `force` stops them first, and gives them up where the machine cannot be reached.',
      params: idParams,
      query: deleteQuery,
      returns: deleted,
      errors: ['connection_not_found', 'jobs_running', 'machine_read_only'],
    },
    ({ params, query }) => deleteConnection({ ...params, ...query }),
  ),
})

import { handler, idParams, route } from '@/lib/api/handler'
import { deleteProject, getProject, updateProject } from '@/lib/dgx'
import { projectDeleteQuery, projectUpdate } from '@/lib/dgx/projects/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ params: idParams }, ({ params }) => getProject(params)),
  PUT: handler({ params: idParams, body: projectUpdate }, ({ params, body }) =>
    updateProject({ ...params, changes: body }),
  ),
  DELETE: handler({ params: idParams, query: projectDeleteQuery }, ({ params, query }) =>
    deleteProject({ ...params, ...query }),
  ),
})

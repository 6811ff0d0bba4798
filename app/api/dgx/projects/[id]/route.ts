import { handler, idParams, route } from '@/lib/api/handler'
import { deleteProject, getProject, updateProject } from '@/lib/dgx'
import { deleted } from '@/lib/dgx/fields'
import { project, projectWithJobs } from '@/lib/dgx/projects/answers'
import { projectDeleteQuery, projectUpdate } from '@/lib/dgx/projects/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'getProject',
      summary: 'Get a project with its newest jobs',
      params: idParams,
      returns: projectWithJobs,
      errors: ['project_not_found'],
    },
    ({ params }) => getProject(params),
  ),
  PUT: handler(
    {
      id: 'updateProject',
      audit: { subject: 'project' },
      summary: 'Change a project',
      description:
        'Fields that are left out stay as they are; its read-only fields are accepted and ignored.',
      params: idParams,
      body: projectUpdate,
      returns: project,
      errors: ['project_not_found', 'connection_not_found'],
    },
    ({ params, body }) => updateProject({ ...params, changes: body }),
  ),
  DELETE: handler(
    {
      id: 'deleteProject',
      audit: { subject: 'project' },
      summary: 'Delete a project',
      description:
        'Its jobs stay, without a project, unless `cascade`, which deletes them as `deleteJob` does. While some of them run it is `jobs_running`; `force` stops them first.',
      params: idParams,
      query: projectDeleteQuery,
      returns: deleted,
      errors: ['project_not_found', 'jobs_running', 'machine_read_only', 'not_connected'],
    },
    ({ params, query }) => deleteProject({ ...params, ...query }),
  ),
})

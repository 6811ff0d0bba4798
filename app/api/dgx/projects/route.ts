import { z } from 'zod'
import { created, page } from '@/lib/api/envelope'
import { handler, route } from '@/lib/api/handler'
import { createProject, listProjects } from '@/lib/dgx'
import { pageMeta } from '@/lib/dgx/pagination'
import { project } from '@/lib/dgx/projects/answers'
import { projectInput, projectListQuery } from '@/lib/dgx/projects/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'listProjects',
      summary: 'List projects',
      query: projectListQuery,
      returns: z.array(project),
      meta: pageMeta,
      table: { columns: ['name', 'status', 'project_type', 'connection_id', 'updated_at', 'id'] },
      errors: ['connection_not_found'],
    },
    async ({ query }) => page(await listProjects(query)),
  ),
  POST: handler(
    {
      id: 'createProject',
      audit: { subject: 'project' },
      summary: 'Create a project',
      body: projectInput,
      status: 201,
      returns: project,
      errors: ['connection_not_found'],
    },
    async ({ body }) => {
      const made = await createProject(body)
      return created(`/api/dgx/projects/${made.id}`, made)
    },
  ),
})

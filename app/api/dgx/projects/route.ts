import { created, page } from '@/lib/api/envelope'
import { handler, route } from '@/lib/api/handler'
import { createProject, listProjects } from '@/lib/dgx'
import { projectInput, projectListQuery } from '@/lib/dgx/projects/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ query: projectListQuery }, async ({ query }) => page(await listProjects(query))),
  POST: handler({ body: projectInput }, async ({ body }) => {
    const project = await createProject(body)
    return created(`/api/dgx/projects/${project.id}`, project)
  }),
})

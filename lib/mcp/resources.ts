import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/server'
import { getConnection, getJob, getProjectRecord, listJobs, listProjects } from '../dgx'
import { jobListQuery } from '../dgx/jobs/schema'
import { projectListQuery } from '../dgx/projects/schema'
import { toBrief, toLine } from './job-brief'
import { readMachines } from './machines'
import { clip, clipOrNull } from './text'

const LISTED = 25

/** What each kind of resource gives: the newest of them, and one by its id. */
const KINDS = {
  machines: {
    title: 'Machines',
    list: () => readMachines({ limit: LISTED }),
    one: (id: string) => getConnection({ id }),
  },
  projects: {
    title: 'Projects',
    list: async () => {
      const { items, ...page } = await listProjects(projectListQuery.parse({ limit: LISTED }))
      return {
        projects: items.map(({ id, name, description, project_type, connection_id }) => ({
          ...{ id, name: clip(name, 60), project_type, connection_id },
          description: clipOrNull(description, 80),
        })),
        ...page,
      }
    },
    one: (id: string) => getProjectRecord({ id }),
  },
  jobs: {
    title: 'Jobs',
    list: async () => {
      const { items, ...page } = await listJobs(jobListQuery.parse({ limit: 15 }))
      return { jobs: items.map(toLine), ...page }
    },
    one: async (id: string) => toBrief(await getJob({ id })),
  },
}

/** `dgx://machines`, `dgx://machines/{id}`, and the same of projects and jobs. */
export function addResources(server: McpServer): void {
  for (const [kind, { title, list, one }] of Object.entries(KINDS)) {
    const about = { title, mimeType: 'application/json' }
    server.registerResource(kind, `dgx://${kind}`, about, async (uri) =>
      contents(uri, await list()),
    )
    server.registerResource(
      `${kind.slice(0, -1)}-by-id`,
      new ResourceTemplate(`dgx://${kind}/{id}`, { list: undefined }),
      { ...about, title: `${title}, one by id or name` },
      async (uri, { id }) => contents(uri, await one(decodeURIComponent(String(id)))),
    )
  }
}

const contents = (uri: URL, value: unknown) => ({
  contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify(value) }],
})

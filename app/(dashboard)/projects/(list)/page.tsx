import { FolderKanban } from 'lucide-react'
import type { Metadata, Route } from 'next'
import { headers } from 'next/headers'
import Link from 'next/link'
import { NothingMatches } from '@/components/jobs/nothing-matches'
import { LiveRefresh } from '@/components/live/live-refresh'
import { NewProject } from '@/components/projects/project-actions'
import { ProjectCard } from '@/components/projects/project-card'
import { ProjectFilterBar } from '@/components/projects/project-filter-bar'
import {
  type ProjectFilters,
  readProjectFilters,
  writeProjectFilters,
} from '@/components/projects/project-filters'
import { buttonClass } from '@/components/ui/button'
import { PageHeader } from '@/components/ui/card'
import { CommandLine, EmptyState } from '@/components/ui/empty-state'
import { getJobActivity, listConnections, listProjects } from '@/lib/dgx'
import { isDgxError } from '@/lib/dgx/errors'

export const metadata: Metadata = { title: 'Projects' }

const PAGE = 48

/** An address may be old: a cursor that no longer fits starts again. */
async function projectsOf({ search, sort, cursor }: ProjectFilters) {
  const query = { limit: PAGE, sort, ...(search ? { search } : {}) }
  try {
    return await listProjects(cursor ? { ...query, cursor } : query)
  } catch (error) {
    if (!isDgxError(error) || error.code !== 'invalid_request') throw error
    return listProjects(query)
  }
}

export default async function ProjectsPage({ searchParams }: PageProps<'/projects'>) {
  const filters = readProjectFilters(await searchParams)
  const [{ items: projects, total, next_cursor }, { items: machines }] = await Promise.all([
    projectsOf(filters),
    listConnections({ limit: 1000, sort: 'position' }),
  ])
  const activity = await getJobActivity({ project_ids: projects.map(({ id }) => id) })
  const href = (cursor: string) =>
    `/projects${writeProjectFilters({ ...filters, cursor })}` as Route
  return (
    <>
      <LiveRefresh on="projects" />
      <LiveRefresh on="jobs" />
      <PageHeader title="Projects">
        <NewProject machines={machines.map(({ id, name }) => ({ id, name }))} />
      </PageHeader>
      {total === 0 && !filters.search ? (
        <NoProject />
      ) : (
        <>
          <ProjectFilterBar filters={filters} />
          {projects.length === 0 ? (
            <NothingMatches noun="project" pathname="/projects" />
          ) : (
            <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
              {projects.map((project) => (
                <ProjectCard
                  key={project.id}
                  project={project}
                  machine={machines.find(({ id }) => id === project.connection_id)}
                  activity={activity.get(project.id)}
                />
              ))}
            </div>
          )}
          {(next_cursor || filters.cursor) && (
            <nav aria-label="Pages" className="flex items-center gap-3 text-soft">
              <span>
                {projects.length} of {total} projects
              </span>
              {filters.cursor && (
                <Link href={href('')} className={buttonClass()}>
                  First page
                </Link>
              )}
              {next_cursor && (
                <Link href={href(next_cursor)} className={buttonClass()}>
                  Next page
                </Link>
              )}
            </nav>
          )}
        </>
      )}
    </>
  )
}

async function NoProject() {
  const host = (await headers()).get('host') ?? 'localhost:3939'
  return (
    <EmptyState title="No project yet" icon={<FolderKanban />}>
      <p>
        A project gathers the training jobs of one piece of work and the folder it lives in on a
        machine. Create one here, or from a script:
      </p>
      <CommandLine>{`curl -X POST http://${host}/api/dgx/projects -d '{"name": "vision"}'`}</CommandLine>
    </EmptyState>
  )
}

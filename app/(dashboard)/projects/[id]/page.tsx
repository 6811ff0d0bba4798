import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { JobTable } from '@/components/jobs/job-table'
import { KeyValues } from '@/components/jobs/key-values'
import { ProjectActions } from '@/components/projects/project-actions'
import { Card, PageHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { getProject, listConnections } from '@/lib/dgx'
import { isDgxError } from '@/lib/dgx/errors'

async function findProject(id: string) {
  try {
    return await getProject({ id: decodeURIComponent(id) })
  } catch (error) {
    if (isDgxError(error) && error.code === 'project_not_found') notFound()
    throw error
  }
}

export async function generateMetadata({ params }: PageProps<'/projects/[id]'>): Promise<Metadata> {
  return { title: (await findProject((await params).id)).name }
}

export default async function ProjectPage({ params }: PageProps<'/projects/[id]'>) {
  const { id } = await params
  const [{ jobs, ...project }, { items: machines }] = await Promise.all([
    findProject(id),
    listConnections({ limit: 1000 }),
  ])
  const machine = machines.find((candidate) => candidate.id === project.connection_id)
  return (
    <>
      <PageHeader
        title={project.name}
        note={
          <span className="flex flex-wrap gap-x-3">
            <span>{project.project_type.replaceAll('_', ' ')}</span>
            {machine && (
              <Link href={`/connections/${machine.id}`} className="underline">
                {machine.name}
              </Link>
            )}
            {project.remote_path && (
              <span className="break-all font-mono text-xs leading-5">{project.remote_path}</span>
            )}
          </span>
        }
      >
        <ProjectActions
          project={project}
          machines={machines.map(({ id, name }) => ({ id, name }))}
        />
      </PageHeader>
      {project.description && (
        <p className="max-w-prose whitespace-pre-wrap">{project.description}</p>
      )}
      {jobs.length === 0 ? (
        <EmptyState title="No job yet">
          <p>
            Create one here, or let your agent do it by POST /api/dgx/jobs with this project&apos;s
            name.
          </p>
        </EmptyState>
      ) : (
        <Card title="Jobs">
          <JobTable jobs={jobs} />
        </Card>
      )}
      <Card title="Config">
        <KeyValues values={project.config} empty="Nothing is set." />
      </Card>
    </>
  )
}

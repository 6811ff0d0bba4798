import type { Metadata } from 'next'
import Link from 'next/link'
import { connection as requestTime } from 'next/server'
import { NewProject } from '@/components/projects/project-actions'
import { Card, PageHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { Table } from '@/components/ui/table'
import { TimeAgo } from '@/components/ui/time'
import { listConnections, listProjects } from '@/lib/dgx'

export const metadata: Metadata = { title: 'Projects' }

export default async function ProjectsPage() {
  await requestTime()
  const [{ items: projects }, { items: machines }] = await Promise.all([
    listProjects({ limit: 1000 }),
    listConnections({ limit: 1000 }),
  ])
  const machineNames = new Map(machines.map(({ id, name }) => [id, name]))
  return (
    <>
      <PageHeader title="Projects">
        <NewProject machines={machines.map(({ id, name }) => ({ id, name }))} />
      </PageHeader>
      {projects.length === 0 ? (
        <EmptyState title="No project yet">
          <p>
            A project gathers the training jobs of one piece of work and the folder it lives in on a
            machine.
          </p>
        </EmptyState>
      ) : (
        <Card>
          <Table caption="Projects" head={['Project', 'Type', 'Machine', 'Folder', 'Changed']}>
            {projects.map((project) => (
              <tr key={project.id}>
                <td className="font-medium">
                  <Link href={`/projects/${project.id}`} className="hover:underline">
                    {project.name}
                  </Link>
                </td>
                <td>{project.project_type.replaceAll('_', ' ')}</td>
                <td>{(project.connection_id && machineNames.get(project.connection_id)) ?? '–'}</td>
                <td className="font-mono text-xs">{project.remote_path ?? '–'}</td>
                <td className="whitespace-nowrap">
                  <TimeAgo at={project.updated_at} />
                </td>
              </tr>
            ))}
          </Table>
        </Card>
      )}
    </>
  )
}

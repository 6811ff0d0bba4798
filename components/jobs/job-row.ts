import type { Job } from '@/lib/dgx/jobs/records'
import { headlineMetric } from './headline-metric'

type Named = { id: string; name: string }

/** What a list shows of a job; its config and metrics stay on the server. */
export type JobRow = Pick<
  Job,
  'id' | 'name' | 'status' | 'phase' | 'model_name' | 'created_at' | 'started_at' | 'completed_at'
> & {
  project: Named | null
  machine: Named | null
  metric: { name: string; value: number } | null
}

/** Jobs with the names of their project and of the machine: where they run, or the project's. */
export function toJobRows(
  jobs: readonly Job[],
  projects: readonly (Named & { connection_id: string | null })[],
  machines: readonly Named[],
): JobRow[] {
  const projectOf = new Map(projects.map((project) => [project.id, project]))
  const machineOf = new Map(machines.map((machine) => [machine.id, machine]))
  return jobs.map((job) => {
    const project = projectOf.get(job.project_id ?? '')
    const machine = machineOf.get(job.connection_id ?? project?.connection_id ?? '')
    return {
      id: job.id,
      name: job.name,
      status: job.status,
      phase: job.phase,
      model_name: job.model_name,
      created_at: job.created_at,
      started_at: job.started_at,
      completed_at: job.completed_at,
      project: project ? { id: project.id, name: project.name } : null,
      machine: machine ? { id: machine.id, name: machine.name } : null,
      metric: headlineMetric(job.metrics),
    }
  })
}

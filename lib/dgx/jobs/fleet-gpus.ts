import { database } from '../../db/client'
import { getConnectionRecord } from '../connections/records'
import { latestMetrics } from '../gpu/service'
import { runtime } from '../runtime'
import { listLeases } from './leases'
import type { FleetGpuAnswer } from './queue-answers'
import { foreignProcess } from './scheduler/fleet'
import type { GpuListQuery } from './schema'

/**
 * The GPUs of all machines that were seen in this run of the app.
 * @throws DgxError connection_not_found, ambiguous_name
 */
export async function listGpus(query: GpuListQuery): Promise<FleetGpuAnswer[]> {
  const only = query.connection_id && (await getConnectionRecord({ id: query.connection_id })).id
  const fleet = await runtime().scheduler.fleet()
  const leases = await listLeases(database())
  const jobs = await database().job.findMany({
    where: { id: { in: leases.map(({ job_id }) => job_id) } },
    select: { id: true, name: true },
  })
  const names = new Map(jobs.map(({ id, name }) => [id, name]))
  const held = new Map(leases.map((lease) => [`${lease.connection_id} ${lease.gpu_uuid}`, lease]))
  return [...fleet.values()]
    .filter(({ id }) => !only || id === only)
    .flatMap((machine) => {
      const metrics = latestMetrics({ id: machine.id })
      const samples = new Map(metrics?.gpus.map((gpu) => [gpu.uuid, gpu]))
      return (machine.gpus ?? []).map(({ uuid, index, name, memory_total_mb, block }) => {
        const sample = samples.get(uuid)
        const lease = held.get(`${machine.id} ${uuid}`)
        const process = sample && block?.reason === 'foreign_process' && foreignProcess(sample, 0)
        return {
          ...{ connection_id: machine.id, connection_name: machine.name },
          ...{ index, uuid, name, memory_total_mb },
          memory_kind: sample?.memory_kind ?? ('unknown' as const),
          memory_available_mb: sample?.memory_available_mb ?? null,
          gpu_utilization: sample?.gpu_utilization ?? null,
          is_free: block === null,
          reason: block?.reason ?? null,
          message: block?.message ?? null,
          holder: lease
            ? {
                kind: 'job' as const,
                job_id: lease.job_id,
                job_name: names.get(lease.job_id) ?? null,
                attempt: lease.attempt,
                since: lease.taken_at.toISOString(),
              }
            : process
              ? { kind: 'process' as const, ...process }
              : null,
          recorded_at: metrics?.gpus_recorded_at ?? null,
        }
      })
    })
    .filter(({ is_free }) => !query.free || is_free)
}

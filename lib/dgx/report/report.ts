import { setImmediate } from 'node:timers/promises'
import type { PrismaClient } from '../../db/generated/client'
import type { MetricRetention } from '../gpu/tiers'
import type { Report } from './answers'
import { bestMetrics } from './best-metrics'
import { type ReportGpu, selectReportGpus } from './gpu-use.sql'
import { cutToPeriod, type HeldRun, stepsOf } from './held'
import { countAll, countJobs, type JobOutcome, outcomesOf } from './job-counts'
import { addGpu, addHeld, Parts } from './parts'
import { selectJobs, selectRuns } from './runs.sql'
import { round, type Sums } from './sums'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A longer period is shown by the day. */
const MOST_BY_THE_HOUR_MS = 2 * DAY_MS
const MOST_IDLE_JOBS = 10
/** Adding up so many takes a millisecond or two. */
const RUNS_AT_ONCE = 200

export type ReportRequest = {
  database: PrismaClient
  from: number
  /** Not after now. */
  to: number
  connectionId: string | null
  projectId: string | null
  retention: MetricRetention
  now: number
}

/**
 * What GPUs, jobs and projects came to in a period. What was sampled comes from the roll-ups, exact
 * to the minute; what was held from the runs, exact to the second (see `cutToPeriod`).
 */
export async function makeReport(request: ReportRequest): Promise<Report> {
  const { database, from, to, connectionId, projectId } = request
  const stepMs = to - from <= MOST_BY_THE_HOUR_MS ? HOUR_MS : DAY_MS
  const parts = new Parts()
  const runs: HeldRun[] = []
  /** Those that are cut, by GPU. */
  const cut = new Map<string, HeldRun[]>()
  const heldUuids = new Set<string>()
  for (const [i, each] of (await selectRuns(database, request)).entries()) {
    const run = cutToPeriod(each, { ...request, stepMs })
    runs.push(run)
    addHeld(parts, run, stepMs)
    for (const uuid of run.gpu_uuids) {
      heldUuids.add(uuid)
      if (run.isCut) addTo(cut, keyOf(run.connection_id, uuid), run)
    }
    if (i % RUNS_AT_ONCE === 0) await setImmediate()
  }
  const gpus = await selectReportGpus(database, {
    ...{ connectionId, from, to },
    heldUuids: [...heldUuids],
  })
  for (const gpu of gpus) {
    const own = cut.get(keyOf(gpu.connection_id, gpu.uuid)) ?? []
    await addGpu(parts, { ...request, gpu, cut: own, stepMs, hasAll: projectId === null })
    // Each GPU takes some milliseconds; others want the event loop too.
    await setImmediate()
  }
  const outcomes = outcomesOf({ jobs: await selectJobs(database, request), runs, to })
  await setImmediate()
  const machines = await machinesOf(database, gpus, runs)
  const projects: Report['projects'] = []
  // One after the other, so that the event loop turns between them.
  for (const { id, name, outcomes: own } of await projectsOf(database, outcomes)) {
    projects.push({
      ...{ project_id: id, name, jobs: countJobs(own) },
      ...parts.project(id).ofRuns(),
      best_metrics: await bestMetrics(
        database,
        own.map(({ id }) => id),
      ),
    })
  }
  const period_s = (to - from) / 1000
  /** A project has no GPUs of its own. */
  const summed = (sums: Sums, gpu_s: number | null) =>
    projectId === null ? sums.ofGpus(gpu_s) : sums.ofRuns()
  const total = summed(parts.total, gpus.length * period_s)
  const { possible, sampled } = total.gpu_hours
  return {
    from: iso(from),
    to: iso(to),
    connection_id: connectionId,
    project_id: projectId,
    coverage_percent: possible ? Math.min(100, round((100 * (sampled ?? 0)) / possible)) : null,
    total: { gpus: gpus.length, ...total },
    step_s: stepMs / 1000,
    series: stepsOf({ from, to }, stepMs).map(({ step, ...range }) => ({
      ...{ from: iso(range.from), to: iso(range.to) },
      ...summed(parts.step(step), (gpus.length * (range.to - range.from)) / 1000),
    })),
    machines: machines.map(({ id, name }) => {
      const own = gpus.filter(({ connection_id }) => connection_id === id)
      const sums = parts.machine(id)
      return {
        ...{ connection_id: id, name, gpus: own.length },
        ...summed(sums, id === null ? null : own.length * period_s),
        ...sums.peaks,
      }
    }),
    gpus: gpus.map((gpu) => {
      const { connection_id, connection_name, index, uuid, name } = gpu
      const sums = parts.gpu(gpu)
      const { gpu_hours, gpu_utilization, energy_kwh } = summed(sums, period_s)
      const { possible, sampled, busy, held } = gpu_hours
      const isOfRuns = projectId !== null
      return {
        ...{ connection_id, connection_name, index, uuid, name },
        // What a run did on each of its GPUs is not known, only what it did on all of them.
        gpu_hours: { possible, sampled, busy: isOfRuns ? null : busy, held },
        gpu_utilization: isOfRuns ? null : gpu_utilization,
        energy_kwh: isOfRuns ? null : energy_kwh,
        ...sums.peaks,
      }
    }),
    jobs: countAll(outcomes, runs.length),
    projects: projects.toSorted((a, b) => b.gpu_hours.held - a.gpu_hours.held),
    idle_jobs: idleJobs(outcomes, parts),
  }
}

const keyOf = (connectionId: string | null, uuid: string) => `${connectionId} ${uuid}`

function addTo<Key, Value>(groups: Map<Key, Value[]>, key: Key, value: Value): void {
  const group = groups.get(key)
  if (group) group.push(value)
  else groups.set(key, [value])
}

const iso = (time: number) => new Date(time).toISOString()

/** The machines of GPUs and runs in their order; at last those that are gone, as one without an id. */
async function machinesOf(
  database: PrismaClient,
  gpus: readonly ReportGpu[],
  runs: readonly HeldRun[],
): Promise<{ id: string | null; name: string | null }[]> {
  const ids = new Set([...gpus, ...runs].map(({ connection_id }) => connection_id))
  const known = await database.connection.findMany({
    where: { id: { in: [...ids].filter((id) => id !== null) } },
    select: { id: true, name: true },
    orderBy: [{ position: 'asc' }, { id: 'asc' }],
  })
  return ids.has(null) ? [...known, { id: null, name: null }] : known
}

async function projectsOf(database: PrismaClient, outcomes: readonly JobOutcome[]) {
  const byProject = new Map<string | null, JobOutcome[]>()
  for (const outcome of outcomes) addTo(byProject, outcome.project_id, outcome)
  const ids = [...byProject.keys()]
  const named = await database.project.findMany({
    where: { id: { in: ids.filter((id) => id !== null) } },
    select: { id: true, name: true },
  })
  return [...byProject].map(([id, own]) => ({
    id,
    name: named.find((project) => project.id === id)?.name ?? null,
    outcomes: own,
  }))
}

function idleJobs(outcomes: readonly JobOutcome[], parts: Parts): Report['idle_jobs'] {
  return outcomes
    .map((job) => ({ job, idle_s: parts.job(job.id).heldIdleS }))
    .filter(({ idle_s }) => idle_s > 0)
    .toSorted((a, b) => b.idle_s - a.idle_s)
    .slice(0, MOST_IDLE_JOBS)
    .map(({ job: { id, name, project_id } }) => ({
      ...{ job_id: id, name, project_id },
      ...parts.job(id).ofRuns(),
    }))
    .filter(({ gpu_hours }) => (gpu_hours.held_idle ?? 0) > 0)
}

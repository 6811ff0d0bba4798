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
  const runs = (await selectRuns(database, request)).map((run) =>
    cutToPeriod(run, { ...request, stepMs }),
  )
  const heldUuids = [...new Set(runs.flatMap(({ gpu_uuids }) => gpu_uuids))]
  const gpus = await selectReportGpus(database, { connectionId, from, to, heldUuids })
  const cut = runs.filter(({ isCut }) => isCut)
  const parts = new Parts()
  for (const [i, run] of runs.entries()) {
    addHeld(parts, run, stepMs)
    if (i % RUNS_AT_ONCE === 0) await setImmediate()
  }
  for (const gpu of gpus) {
    await addGpu(parts, { ...request, gpu, cut, stepMs, hasAll: projectId === null })
    // Each GPU takes some milliseconds; others want the event loop too.
    await setImmediate()
  }
  const outcomes = outcomesOf({ jobs: await selectJobs(database, request), runs, to })
  const machines = await machinesOf(database, gpus, runs)
  const projects = await projectsOf(database, outcomes)
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
    series: stepsOf({ from, to }, stepMs).map(({ step, ms }) => {
      const start = Math.max(from, step * stepMs)
      return {
        ...{ from: iso(start), to: iso(start + ms) },
        ...summed(parts.step(step), (gpus.length * ms) / 1000),
      }
    }),
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
    projects: await Promise.all(
      projects.map(async ({ id, name, outcomes: own }) => ({
        ...{ project_id: id, name, jobs: countJobs(own) },
        ...parts.project(id).ofRuns(),
        best_metrics: await bestMetrics(
          database,
          own.map(({ id }) => id),
        ),
      })),
    ).then((all) => all.toSorted((a, b) => b.gpu_hours.held - a.gpu_hours.held)),
    idle_jobs: idleJobs(outcomes, parts),
  }
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
  const ids = [...new Set(outcomes.map(({ project_id }) => project_id))]
  const named = await database.project.findMany({
    where: { id: { in: ids.filter((id) => id !== null) } },
    select: { id: true, name: true },
  })
  return ids.map((id) => ({
    id,
    name: named.find((project) => project.id === id)?.name ?? null,
    outcomes: outcomes.filter(({ project_id }) => project_id === id),
  }))
}

function idleJobs(outcomes: readonly JobOutcome[], parts: Parts): Report['idle_jobs'] {
  return outcomes
    .map(({ id, name, project_id }) => ({
      job_id: id,
      name,
      project_id,
      ...parts.job(id).ofRuns(),
    }))
    .filter(({ gpu_hours }) => (gpu_hours.held_idle ?? 0) > 0)
    .toSorted((a, b) => (b.gpu_hours.held_idle ?? 0) - (a.gpu_hours.held_idle ?? 0))
    .slice(0, MOST_IDLE_JOBS)
}

import type { Database } from '../gpu/samples.sql'
import type { MetricRetention } from '../gpu/tiers'
import { coverOf, type Piece } from './cover'
import { type ReportGpu, selectUse } from './gpu-use.sql'
import { type HeldRun, stepsOf } from './held'
import { Sums } from './sums'

/** The sums of a report, by what they are of. */
export class Parts {
  readonly total = new Sums()
  readonly #sums = new Map<string, Sums>()
  readonly step = (step: number) => this.#of(`step ${step}`)
  readonly machine = (id: string | null) => this.#of(`machine ${id}`)
  readonly gpu = (gpu: { connection_id: string; uuid: string }) =>
    this.#of(`gpu ${gpu.connection_id} ${gpu.uuid}`)
  readonly project = (id: string | null) => this.#of(`project ${id}`)
  readonly job = (id: string) => this.#of(`job ${id}`)

  #of(key: string): Sums {
    const known = this.#sums.get(key) ?? new Sums()
    this.#sums.set(key, known)
    return known
  }

  /** All that a run counts for at a time, but for its GPUs. */
  ofRun({ connection_id, project_id, job_id }: HeldRun, step: number): Sums[] {
    return [
      this.total,
      this.step(step),
      this.machine(connection_id),
      this.project(project_id),
      this.job(job_id),
    ]
  }
}

/** Adds how long a run held its GPUs and, unless it is cut, what it did with them. */
export function addHeld(parts: Parts, run: HeldRun, stepMs: number): void {
  const { connection_id, gpu_uuids } = run
  for (const { step, ms } of stepsOf(run, stepMs)) {
    const held_s = ms / 1000
    for (const sums of parts.ofRun(run, step)) sums.add({ held_s: held_s * gpu_uuids.length })
    if (connection_id === null) continue
    for (const uuid of gpu_uuids) parts.gpu({ connection_id, uuid }).add({ held_s })
  }
  if (run.isCut) return
  const held_s = (gpu_uuids.length * (run.to - run.from)) / 1000
  // It is watched from a moment before its command starts to a moment after it has ended.
  const held_known_s = Math.min(run.gpu_seconds, held_s)
  const held_busy_s = Math.min(run.busy_gpu_seconds, held_known_s)
  for (const sums of parts.ofRun(run, Math.floor(run.from / stepMs))) {
    sums.add({ held_known_s, held_busy_s, held_joules: run.energy_joules })
  }
}

/** Adds what a GPU did, and what the runs that are cut did on it. */
export async function addGpu(
  parts: Parts,
  options: {
    database: Database
    gpu: ReportGpu
    /** The runs that are cut, of all GPUs. */
    cut: readonly HeldRun[]
    from: number
    to: number
    stepMs: number
    retention: MetricRetention
    now: number
    /** Also what it did without a run. */
    hasAll: boolean
  },
): Promise<void> {
  const { database, gpu, stepMs, from, to, retention, now, hasAll } = options
  const kept = { marks: gpu, retention, now, longestMs: stepMs }
  const runs = options.cut.filter(
    ({ connection_id, gpu_uuids }) =>
      connection_id === gpu.connection_id && gpu_uuids.includes(gpu.uuid),
  )
  const pieces: Piece[][] = runs.map((run) => coverOf(run, kept))
  if (hasAll) pieces.push(coverOf({ from, to }, kept))
  if (pieces.length === 0) return
  for (const use of await selectUse(database, { gpuId: gpu.id, parts: pieces, stepMs })) {
    const run = runs[use.part]
    if (run) {
      const { known_s, busy_s, joules } = use.sums
      const held = { held_known_s: known_s, held_busy_s: busy_s, held_joules: joules }
      for (const sums of parts.ofRun(run, use.step)) sums.add(held)
      continue
    }
    const { total } = parts
    for (const sums of [total, parts.step(use.step), parts.machine(gpu.connection_id)]) {
      sums.add(use.sums)
      sums.reach(use)
    }
    parts.gpu(gpu).add(use.sums)
    parts.gpu(gpu).reach(use)
  }
}

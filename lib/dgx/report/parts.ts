import type { Database } from '../gpu/samples.sql'
import type { MetricRetention } from '../gpu/tiers'
import { coverOf } from './cover'
import { type ReportGpu, type StepPiece, selectUse } from './gpu-use.sql'
import { type HeldRun, stepsOf } from './held'
import { Sums } from './sums'

/** The sums of a report, by what they are of. */
export class Parts {
  readonly total = new Sums()
  readonly step = sumsBy<number>()
  readonly machine = sumsBy<string | null>()
  readonly project = sumsBy<string | null>()
  readonly job = sumsBy<string>()
  readonly #gpu = sumsBy<string>()
  readonly gpu = (gpu: { connection_id: string; uuid: string }) =>
    this.#gpu(`${gpu.connection_id} ${gpu.uuid}`)

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

function sumsBy<Key>(): (key: Key) => Sums {
  const all = new Map<Key, Sums>()
  return (key) => {
    const known = all.get(key)
    if (known) return known
    const sums = new Sums()
    all.set(key, sums)
    return sums
  }
}

/** Adds how long a run held its GPUs and, unless it is cut, what it did with them. */
export function addHeld(parts: Parts, run: HeldRun, stepMs: number): void {
  const { connection_id, gpu_uuids } = run
  for (const { step, from, to } of stepsOf(run, stepMs)) {
    const held_s = (to - from) / 1000
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
    /** Its runs that are cut. */
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
  const { database, gpu, cut, stepMs, from, to, retention, now, hasAll } = options
  const kept = { marks: gpu, retention, now, longestMs: stepMs }
  const parted = hasAll ? [...cut, { from, to }] : cut
  // No bucket is longer than a step, so that only edges of the period and of runs cut one.
  const pieces: StepPiece[] = []
  for (const [part, range] of parted.entries()) {
    for (const { tier, ...piece } of coverOf(range, kept)) {
      for (const { step, from, to } of stepsOf(piece, stepMs))
        pieces.push({ part, step, tier, from, to })
    }
  }
  if (pieces.length === 0) return
  for (const use of await selectUse(database, { gpuId: gpu.id, pieces })) {
    const run = cut[use.part]
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

import type { GpuSample } from '../gpu/types'

/** A GPU that does less is idle, in percent. */
const IDLE_BELOW = 5
/** Loading data and saving a checkpoint may leave a GPU alone for minutes. */
const IDLE_AFTER_MS = 5 * 60_000
/** Readings that are further apart say nothing of the time between them. */
const MAX_GAP_MS = 60_000

/** What was measured since the last `take`, and what holds now. */
export type UsageChange = {
  /** GPU-seconds whose utilization is known, and of them those with work to do. */
  gpu_seconds: number
  busy_gpu_seconds: number
  energy_joules: number
  peak_gpu_memory_mb: number | null
  /** Since when, Unix ms, at least one of its GPUs has done nothing, once that lasts; else null. */
  idle_since_ms: number | null
}

/** Adds up what one run makes of the GPUs that it holds, reading by reading. */
export class RunUsage {
  readonly #jobId: string
  readonly #uuids: readonly string[]
  readonly #sinceMs: number
  /** Since when each idle GPU is idle, Unix ms. */
  readonly #idle = new Map<string, number>()
  /** What was told of an idle GPU before a restart of the app. */
  #idleBefore: number | null
  /** Of the last reading. */
  #at: number | null = null
  #change: UsageChange | null = null

  /** @param run.since_ms readings before it are of another time: one may be shown again for a while */
  constructor(run: {
    job_id: string
    gpu_uuids: readonly string[]
    idle_since_ms: number | null
    since_ms: number
  }) {
    this.#jobId = run.job_id
    this.#sinceMs = run.since_ms
    this.#uuids = run.gpu_uuids
    this.#idleBefore = run.idle_since_ms
  }

  /** @param at_ms when the GPUs were read; a reading that was seen before counts once */
  observe(gpus: readonly GpuSample[], at_ms: number): void {
    const held = gpus.filter(({ uuid }) => this.#uuids.includes(uuid))
    if (held.length === 0 || at_ms === this.#at || at_ms < this.#sinceMs) return
    const past_ms = this.#at === null ? 0 : at_ms - this.#at
    const past_s = past_ms > 0 && past_ms <= MAX_GAP_MS ? past_ms / 1000 : 0
    this.#at = at_ms
    this.#change ??= {
      gpu_seconds: 0,
      busy_gpu_seconds: 0,
      energy_joules: 0,
      peak_gpu_memory_mb: null,
      idle_since_ms: null,
    }
    const change = this.#change
    for (const { uuid, gpu_utilization, power_watts } of held) {
      change.energy_joules += (power_watts ?? 0) * past_s
      if (gpu_utilization === null) continue
      change.gpu_seconds += past_s
      change.busy_gpu_seconds += (gpu_utilization / 100) * past_s
      if (gpu_utilization >= IDLE_BELOW) this.#idle.delete(uuid)
      else if (!this.#idle.has(uuid)) this.#idle.set(uuid, this.#idleBefore ?? at_ms)
    }
    this.#idleBefore = null
    const memory_mb = this.#memoryOf(held)
    if (memory_mb !== null) {
      change.peak_gpu_memory_mb = Math.max(memory_mb, change.peak_gpu_memory_mb ?? 0)
    }
    const since = Math.min(...this.#idle.values())
    change.idle_since_ms = at_ms - since >= IDLE_AFTER_MS ? since : null
  }

  /** What came since the last call; null when nothing did. */
  take(): UsageChange | null {
    const change = this.#change
    this.#change = null
    return change
  }

  /**
   * What its own processes hold, MiB. Where none can be told apart (in a container they are another
   * user's) it is what is used of the GPUs, of which it is the only tenant.
   */
  #memoryOf(held: readonly GpuSample[]): number | null {
    const own = held
      .flatMap(({ processes }) => processes)
      .flatMap(({ job_id, memory_used_mb }) =>
        job_id === this.#jobId && memory_used_mb !== null ? [memory_used_mb] : [],
      )
    const used = held.flatMap(({ memory_kind, memory_used_mb }) =>
      memory_kind === 'dedicated' && memory_used_mb !== null ? [memory_used_mb] : [],
    )
    const known = own.length > 0 ? own : used
    return known.length > 0 ? known.reduce((sum, each) => sum + each, 0) : null
  }
}

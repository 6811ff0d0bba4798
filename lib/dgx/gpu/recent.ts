import { keepSamples, type RecentSample, toRecentSample } from '../../recent-sample'
import type { MachineSample } from './types'

/** The last samples of each machine in memory: sparklines, live charts and resumed streams. */
export class RecentSamples {
  readonly #machines = new Map<
    string,
    { samples: readonly RecentSample[]; gpusAt: string | null }
  >()

  record(connectionId: string, sample: MachineSample): void {
    const { samples = [], gpusAt = null } = this.#machines.get(connectionId) ?? {}
    this.#machines.set(connectionId, {
      samples: keepSamples(samples, [toRecentSample(sample, gpusAt)]),
      gpusAt: sample.gpus_recorded_at,
    })
  }

  /** Whether anything is known of a machine. */
  has(connectionId: string): boolean {
    return this.#machines.has(connectionId)
  }

  /** Puts samples of an earlier time before those that are there. */
  restore(connectionId: string, earlier: readonly RecentSample[]): void {
    const { samples = [], gpusAt = null } = this.#machines.get(connectionId) ?? {}
    this.#machines.set(connectionId, { samples: keepSamples(earlier, samples), gpusAt })
  }

  /** Samples after `since` (ms since 1970), oldest first. */
  list(connectionId: string, since = 0): RecentSample[] {
    return (this.#machines.get(connectionId)?.samples ?? []).filter(({ at }) => at > since)
  }

  forget(connectionId: string): void {
    this.#machines.delete(connectionId)
  }
}

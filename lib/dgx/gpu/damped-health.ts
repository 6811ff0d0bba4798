import { statusOf } from './health'
import type { Health, HealthReasonCode, HealthStatus } from './types'

/**
 * A reason must be absent for so long before it counts as gone. A GPU at its thermal limit throttles
 * every few seconds, for hours: that is one change when it begins and one when it has ended.
 */
export const CALM_MS = 60_000

/** With one of these nothing else of the GPU is read: its other reasons neither hold nor end. */
const UNREAD: ReadonlySet<HealthReasonCode> = new Set(['gpu_lost', 'gpu_unreadable'])

type Reason = Health['reasons'][number]

/** `changedAt` in ms. `from` is null when nothing was known before. */
export type HealthChange = Health & { from: HealthStatus | null; changedAt: number }

/** The health of a GPU as last written. */
export type KnownHealth = Omit<HealthChange, 'from'>

/**
 * Decides which readings of one GPU's health are a change worth keeping: each reason that appears,
 * at once, so that no fault is too short to be seen; and each that has ended, after `CALM_MS`, with
 * the time at which it was first absent.
 */
export class DampedHealth {
  readonly #reasons = new Map<HealthReasonCode, { reason: Reason; absentSince: number | null }>()
  #status: HealthStatus | null
  #changedAt: number

  constructor(known: KnownHealth | null) {
    this.#status = known?.status ?? null
    this.#changedAt = known?.changedAt ?? 0
    for (const reason of known?.reasons ?? []) {
      this.#reasons.set(reason.code, { reason, absentSince: null })
    }
  }

  /** The change that a reading of a time (ms) makes; null when it makes none. */
  observe({ reasons }: Health, at: number): HealthChange | null {
    const hasNew = reasons.some(({ code }) => !this.#reasons.has(code))
    for (const reason of reasons) this.#reasons.set(reason.code, { reason, absentSince: null })
    const endedAt = reasons.some(({ code }) => UNREAD.has(code)) ? null : this.#end(reasons, at)
    if (!hasNew && endedAt === null) {
      this.#status ??= 'ok'
      return null
    }
    const from = this.#status
    const current = Array.from(this.#reasons.values(), ({ reason }) => reason)
    this.#status = statusOf(current.map(({ code }) => code))
    // What was written stays in order, even where an end is told late.
    this.#changedAt = Math.max(hasNew ? at : (endedAt ?? at), this.#changedAt)
    return { from, status: this.#status, reasons: current, changedAt: this.#changedAt }
  }

  /** Removes what has been absent long enough. Gives when the last of it ended; null for none. */
  #end(present: readonly Reason[], at: number): number | null {
    let endedAt: number | null = null
    for (const [code, kept] of this.#reasons) {
      if (present.some((reason) => reason.code === code)) continue
      // The clock may have been set back since.
      kept.absentSince = Math.min(kept.absentSince ?? at, at)
      if (at - kept.absentSince < CALM_MS) continue
      endedAt = Math.max(kept.absentSince, endedAt ?? 0)
      this.#reasons.delete(code)
    }
    return endedAt
  }
}

import { createHash, randomBytes } from 'node:crypto'
import type { Scope } from '../caller'

/** By this the server tells a named key from another. */
const MARK = 'dgx_'
const USED_EVERY_MS = 60_000

/** What the ring needs of a key's record. */
export type KeyRecord = {
  id: string
  name: string
  hash: string
  scope: Scope
  rate_limit_per_minute: number | null
  last_used_at: Date | null
  revoked_at: Date | null
}

/** A new key: `dgx_`, eight digits to tell it by, and 256 random bits. */
export function makeKey(): { key: string; prefix: string } {
  const prefix = MARK + randomBytes(4).toString('hex')
  return { key: `${prefix}_${randomBytes(32).toString('hex')}`, prefix }
}

export function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/** A key as every request meets it. */
class HeldKey {
  readonly #ended = new AbortController()
  #record: KeyRecord
  #usedAt: number
  #tokens: number
  #refilledAt = performance.now()

  constructor(record: KeyRecord) {
    this.#record = record
    this.#usedAt = record.last_used_at?.getTime() ?? 0
    this.#tokens = record.rate_limit_per_minute ?? 0
  }

  get id(): string {
    return this.#record.id
  }

  get name(): string {
    return this.#record.name
  }

  get scope(): Scope {
    return this.#record.scope
  }

  get limitPerMinute(): number | null {
    return this.#record.rate_limit_per_minute
  }

  /** Aborts when the key may no longer do what it did: everything it has open ends. */
  get ended(): AbortSignal {
    return this.#ended.signal
  }

  /** Counts a request against the limit. @returns after how many seconds it may come; 0 is now */
  take(): number {
    const limit = this.limitPerMinute
    if (limit === null) return 0
    const now = performance.now()
    const perMs = limit / 60_000
    this.#tokens = Math.min(limit, this.#tokens + (now - this.#refilledAt) * perMs)
    this.#refilledAt = now
    if (this.#tokens < 1) return Math.ceil((1 - this.#tokens) / perMs / 1000)
    this.#tokens -= 1
    return 0
  }

  /** @returns false when the last use was noted less than a minute ago */
  noteUse(at: Date): boolean {
    if (at.getTime() - this.#usedAt < USED_EVERY_MS) return false
    this.#usedAt = at.getTime()
    return true
  }

  /** Takes a name or a limit from a newer record. */
  update(record: KeyRecord): void {
    if (record.rate_limit_per_minute !== this.limitPerMinute) {
      this.#tokens = record.rate_limit_per_minute ?? 0
    }
    this.#record = record
  }

  end(): void {
    this.#ended.abort()
  }
}

export type { HeldKey }

/**
 * The keys that are valid, by the hash of each, in memory: every request asks. What is looked up is
 * the hash of what was sent, so that how long it takes says nothing about how near a guess is.
 */
export class KeyRing {
  readonly #byHash = new Map<string, HeldKey>()
  readonly #onUsed: (id: string, at: Date) => void

  /** @param onUsed called at most once a minute for each key */
  constructor({ onUsed }: { onUsed: (id: string, at: Date) => void }) {
    this.#onUsed = onUsed
  }

  add(record: KeyRecord): void {
    this.#byHash.set(record.hash, new HeldKey(record))
  }

  /**
   * Takes a key's record as it is now. What it has open ends when it was revoked or its scope
   * changed. A revoked key never comes back, in whatever order two changes arrive.
   */
  change(record: KeyRecord): void {
    const held = this.#byHash.get(record.hash)
    if (!held) return
    const isValid = record.revoked_at === null
    if (isValid && record.scope === held.scope) {
      held.update(record)
      return
    }
    if (isValid) this.add(record)
    else this.#byHash.delete(record.hash)
    held.end()
  }

  /** The key that was sent, if it is valid; it has been used now. */
  use(key: string): HeldKey | undefined {
    const held = this.#byHash.get(hashOf(key))
    const now = new Date()
    if (held?.noteUse(now)) this.#onUsed(held.id, now)
    return held
  }
}

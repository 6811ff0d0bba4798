import { DgxError } from '../errors'

/** Which of a machine's two connections a channel runs on. */
export type Role = 'control' | 'bulk'

/**
 * `short`: a command whose end is awaited; on control, and on bulk too once it has waited a
 * second behind long ones. `stream`: follows, terminals, streamed commands; on bulk only.
 */
export type SlotKind = 'short' | 'stream'

export type Slot = { role: Role; release(): void }

/**
 * sshd frees a session only some time after its channel closed, so that with more than five
 * commands in turn some are refused although MaxSessions (10 by default) is not reached.
 */
const CONTROL_SLOTS = 5
const BULK_SLOTS = 8
const OVERFLOW_AFTER_MS = 1_000
const QUEUE_LIMIT = 2_000

type Waiter = {
  kind: SlotKind
  since: number
  take(slot: Slot): void
  fail(error: Error): void
}

/** Hands out a machine's command slots in order of asking. */
export class SlotQueue {
  readonly #waiters: Waiter[] = []
  readonly #held: Record<Role, number> = { control: 0, bulk: 0 }
  readonly #limits: Record<Role, number> = { control: CONTROL_SLOTS, bulk: BULK_SLOTS }
  readonly #idleWaiters: Array<() => void> = []
  #overflowTimer: NodeJS.Timeout | undefined

  get waiting(): number {
    return this.#waiters.length
  }

  held(role: Role): number {
    return this.#held[role]
  }

  /** Resolves when no command runs any more. */
  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve()
    return new Promise((resolve) => this.#idleWaiters.push(resolve))
  }

  #isIdle(): boolean {
    return this.#held.control + this.#held.bulk === 0
  }

  /** The server refused a channel while this many were held: stay below from now on. */
  lowerLimit(role: Role): void {
    this.#limits[role] = Math.max(1, Math.min(this.#limits[role], this.#held[role]) - 1)
  }

  /**
   * @throws DgxError too_busy when the queue is full or the deadline passes; the signal's reason
   */
  acquire(options: {
    kind: SlotKind
    timeoutMs: number
    signal?: AbortSignal | undefined
  }): Promise<Slot> {
    const { kind, timeoutMs, signal } = options
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      // Most find a place at once, and need neither timer nor listener.
      const role = this.#waiters.length === 0 && this.#roleFor({ kind, since: Date.now() })
      if (role) return resolve(this.#hold(role))
      if (this.#waiters.length >= QUEUE_LIMIT) {
        return reject(
          new DgxError(
            'too_busy',
            `${QUEUE_LIMIT} commands already wait for this machine. Retry in a few seconds.`,
          ),
        )
      }
      const settle = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        const index = this.#waiters.indexOf(waiter)
        if (index >= 0) this.#waiters.splice(index, 1)
      }
      const waiter: Waiter = {
        kind,
        since: Date.now(),
        take: (slot) => {
          settle()
          resolve(slot)
        },
        fail: (error) => {
          settle()
          reject(error)
        },
      }
      const timer = setTimeout(() => {
        waiter.fail(
          new DgxError(
            'too_busy',
            `No command slot became free on this machine within ${timeoutMs / 1000} s: ${this.#held.control + this.#held.bulk} commands are running and ${this.#waiters.length - 1} others wait. Retry later or stop one.`,
          ),
        )
      }, timeoutMs)
      const onAbort = () => waiter.fail(signal?.reason)
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiters.push(waiter)
      this.#serve()
    })
  }

  /** Fails everybody who waits, e.g. because the machine was disconnected. */
  failAll(error: Error): void {
    for (const waiter of [...this.#waiters]) waiter.fail(error)
  }

  #serve(): void {
    for (const waiter of [...this.#waiters]) {
      const role = this.#roleFor(waiter)
      if (role) waiter.take(this.#hold(role))
    }
    this.#scheduleOverflow()
  }

  #roleFor(waiter: Pick<Waiter, 'kind' | 'since'>): Role | null {
    const isFree = (role: Role) => this.#held[role] < this.#limits[role]
    if (waiter.kind === 'stream') return isFree('bulk') ? 'bulk' : null
    if (isFree('control')) return 'control'
    const isOverdue = Date.now() - waiter.since >= OVERFLOW_AFTER_MS
    return isOverdue && isFree('bulk') ? 'bulk' : null
  }

  #hold(role: Role): Slot {
    this.#held[role] += 1
    let isHeld = true
    return {
      role,
      release: () => {
        if (!isHeld) return
        isHeld = false
        this.#held[role] -= 1
        this.#serve()
        if (this.#isIdle()) for (const resolve of this.#idleWaiters.splice(0)) resolve()
      },
    }
  }

  /** Looks again when the longest waiting short command may use the bulk connection. */
  #scheduleOverflow(): void {
    clearTimeout(this.#overflowTimer)
    const first = this.#waiters.find((waiter) => waiter.kind === 'short')
    if (!first || this.#held.bulk >= this.#limits.bulk) return
    const wait = Math.max(0, first.since + OVERFLOW_AFTER_MS - Date.now())
    this.#overflowTimer = setTimeout(() => this.#serve(), wait + 1)
    this.#overflowTimer.unref()
  }
}

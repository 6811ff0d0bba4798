import { keyOf, type LiveEvent, merged, type Topic, topicsOf } from './events'

/** An event with its JSON, which is made once for all who listen. */
export class LiveMessage {
  readonly event: LiveEvent
  #json: string | undefined

  constructor(event: LiveEvent) {
    this.event = event
  }

  get json(): string {
    this.#json ??= JSON.stringify(this.event)
    return this.#json
  }
}

/**
 * What one listener has not been given yet. A slow one gets the newest event of each thing
 * instead of all of them, so that at most one per machine, job and log waits.
 */
export class Subscription {
  readonly topics = new Set<Topic>()
  /** What ends with a topic, e.g. following a log. */
  readonly #holds = new Map<Topic, () => void>()
  readonly #waiting = new Map<string, LiveMessage>()
  readonly #onClose: (subscription: Subscription) => void
  #wake: (() => void) | null = null
  #isClosed = false

  constructor(onClose: (subscription: Subscription) => void) {
    this.#onClose = onClose
  }

  push(message: LiveMessage): void {
    if (this.#isClosed) return
    const key = keyOf(message.event)
    const before = this.#waiting.get(key)
    const event = before ? merged(before.event, message.event) : message.event
    // Deleted first, so that it goes to the end: events of different things keep their order.
    this.#waiting.delete(key)
    this.#waiting.set(key, event === message.event ? message : new LiveMessage(event))
    this.#wake?.()
  }

  /** The next event; `idle` when none came for so long; null once closed. One caller at a time. */
  async next(idleMs: number): Promise<LiveMessage | 'idle' | null> {
    const first = this.#take()
    if (first || this.#isClosed) return first
    const isWoken = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), idleMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
    this.#wake = null
    return isWoken ? this.#take() : 'idle'
  }

  #take(): LiveMessage | null {
    const [first] = this.#waiting
    if (!first) return null
    this.#waiting.delete(first[0])
    return first[1]
  }

  /** Adds a topic that something is kept up for; `release` is called when it is dropped. */
  hold(topic: Topic, release: () => void): void {
    if (this.#isClosed) {
      release()
      return
    }
    this.topics.add(topic)
    this.#holds.set(topic, release)
  }

  drop(topic: Topic): void {
    this.topics.delete(topic)
    const release = this.#holds.get(topic)
    this.#holds.delete(topic)
    release?.()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const topic of [...this.topics]) this.drop(topic)
    this.#waiting.clear()
    this.#wake?.()
    this.#onClose(this)
  }
}

/** Events that say that something changed, where what is true now does not show that it did. */
const CHANGES = new Set<LiveEvent['type']>([
  'connections_changed',
  'projects_changed',
  'job_deleted',
])

/** Hands events from where they happen to whoever listens in this process. */
export class EventHub {
  readonly #subscriptions = new Set<Subscription>()
  /** The newest of each kind of change. */
  readonly #changes = new Map<LiveEvent['type'], { at: number; event: LiveEvent }>()

  publish(event: LiveEvent): void {
    if (CHANGES.has(event.type)) this.#changes.set(event.type, { at: Date.now(), event })
    if (this.#subscriptions.size === 0) return
    const topics = topicsOf(event)
    const message = new LiveMessage(event)
    for (const subscription of this.#subscriptions) {
      if (topics.some((topic) => subscription.topics.has(topic))) subscription.push(message)
    }
  }

  /** The newest of each kind of change that a topic has had from `since` on, ms since 1970. */
  changes(topic: Topic, since: number): LiveEvent[] {
    return [...this.#changes.values()]
      .filter(({ at, event }) => at >= since && topicsOf(event).includes(topic))
      .map(({ event }) => event)
  }

  subscribe(): Subscription {
    const subscription = new Subscription((closed) => this.#subscriptions.delete(closed))
    this.#subscriptions.add(subscription)
    return subscription
  }

  /** How many listen now. */
  get size(): number {
    return this.#subscriptions.size
  }

  stop(): void {
    for (const subscription of [...this.#subscriptions]) subscription.close()
  }
}

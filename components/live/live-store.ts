import type { Metrics } from '@/lib/dgx/gpu/types'
import type { Job } from '@/lib/dgx/jobs/records'
import type { ConnectionEvent, LiveEvent, Topic } from '@/lib/dgx/live/events'
import type { Approval } from '@/lib/dgx/safety/answers'
import { keepSamples, type RecentSample, toRecentSample } from '@/lib/recent-sample'
import { LiveSocket, type ServerState } from './live-socket'

/** What is told of a job's log. */
export type LogEvent = Extract<LiveEvent, { type: 'job_log' | 'job_log_state' }>

type Machine = { metrics: Metrics | null; samples: readonly RecentSample[] }

const NOTHING: Machine = { metrics: null, samples: [] }

/**
 * What the server has said so far, for all components of this tab. Events are taken in once per
 * frame, so that forty machines that answer at once cost one rendering.
 */
class LiveStore {
  readonly #listeners = new Map<string, Set<() => void>>()
  readonly #machines = new Map<string, Machine>()
  readonly #connections = new Map<string, ConnectionEvent>()
  readonly #jobs = new Map<string, Job>()
  readonly #logs = new Map<string, Set<(event: LogEvent) => void>>()
  readonly #socket: LiveSocket
  #waiting: LiveEvent[] = []
  #approvals: readonly Approval[] = []
  #state: ServerState = 'connecting'

  constructor() {
    this.#socket = new LiveSocket({
      onEvent: (event) => this.#take(event),
      onState: (state) => {
        if (state === this.#state) return
        this.#state = state
        this.#notify('server')
      },
    })
  }

  get serverState(): ServerState {
    return this.#state
  }

  get socket(): LiveSocket {
    return this.#socket
  }

  /** The commands that wait for a person, the oldest first. */
  approvals = (): readonly Approval[] => this.#approvals
  machine = (id: string): Machine => this.#machines.get(id) ?? NOTHING
  connection = (id: string): ConnectionEvent | null => this.#connections.get(id) ?? null
  job = (id: string): Job | null => this.#jobs.get(id) ?? null

  /** What the server drew the page with: the beginning of the lines that live samples go on. */
  seed(id: string, samples: readonly RecentSample[]): void {
    const { metrics, samples: kept } = this.machine(id)
    const first = kept[0]?.at ?? Number.POSITIVE_INFINITY
    const older = samples.filter(({ at }) => at < first)
    if (older.length > 0 || kept.length === 0) {
      this.#machines.set(id, { metrics, samples: [...older, ...kept] })
      this.#notify(`machine ${id}`)
    }
  }

  /** Keys: `server`, `machine <id>`, `connection <id>`, `job <id>`, or a topic: `connections`, `projects`, `jobs`, `approvals`. */
  listen(key: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(key)
    }
  }

  join(topic: Topic): () => void {
    return this.#socket.join(topic)
  }

  /** Every piece of a log as it comes, until the function that it returns is called. */
  followLog(jobId: string, take: (event: LogEvent) => void): () => void {
    const followers = this.#logs.get(jobId) ?? new Set()
    this.#logs.set(jobId, followers.add(take))
    const leave = this.join(`job-log:${jobId}`)
    return () => {
      leave()
      followers.delete(take)
      if (followers.size === 0) this.#logs.delete(jobId)
    }
  }

  #take(event: LiveEvent): void {
    if (this.#waiting.push(event) > 1) return
    requestAnimationFrame(() => {
      const events = this.#waiting
      this.#waiting = []
      for (const key of new Set(events.flatMap((each) => this.#apply(each)))) this.#notify(key)
    })
  }

  /** The keys that have changed. */
  #apply(event: LiveEvent): string[] {
    switch (event.type) {
      case 'metrics': {
        const { connection_id: id, metrics } = event
        const before = this.machine(id)
        const sample = toRecentSample(metrics, before.metrics?.gpus_recorded_at ?? null)
        this.#machines.set(id, { metrics, samples: keepSamples(before.samples, [sample]) })
        return [`machine ${id}`]
      }
      case 'backfill': {
        const { connection_id: id, samples } = event
        const before = this.machine(id)
        this.#machines.set(id, { ...before, samples: keepSamples(before.samples, samples) })
        return [`machine ${id}`]
      }
      case 'connection': {
        const { connection_id: id } = event
        const before = this.#connections.get(id)
        this.#connections.set(id, event)
        // The first is what the page was drawn with.
        const isChange = before && JSON.stringify(before) !== JSON.stringify(event)
        return [`connection ${id}`, ...(isChange ? ['connections'] : [])]
      }
      case 'connections_changed':
        return ['connections']
      case 'projects_changed':
        return ['projects']
      case 'approvals':
        this.#approvals = event.waiting
        return ['approvals']
      case 'job':
        this.#jobs.set(event.job.id, event.job)
        return [`job ${event.job.id}`, 'jobs']
      case 'job_deleted':
        this.#jobs.delete(event.job_id)
        return [`job ${event.job_id}`, 'jobs']
      case 'job_log':
      case 'job_log_state':
        for (const take of this.#logs.get(event.job_id) ?? []) take(event)
        return []
    }
  }

  #notify(key: string): void {
    for (const listener of this.#listeners.get(key) ?? []) listener()
  }
}

let store: LiveStore | undefined

/** The tab's one store; in the browser only. */
export function liveStore(): LiveStore {
  store ??= new LiveStore()
  return store
}

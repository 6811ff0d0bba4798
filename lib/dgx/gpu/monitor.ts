import { EventEmitter } from 'node:events'
import type { HostPool } from '../ssh/host-pool'
import { nextEvent } from './next-event'
import type { ProcessOrigin } from './processes'
import { Sampler } from './sampler'
import type { MetricStore } from './store'
import type { MachineSample, Metrics } from './types'

/** GPUs not seen for longer are taken for removed, not lost. */
const KNOWN_FOR_MS = 24 * 3_600_000
const FRESH_INTERVALS = 3
/** nvidia-smi's own time on top of the interval. */
export const FRESH_SLACK_MS = 2_000

type MonitorOptions = {
  store: MetricStore
  /** The managed job of a process on a machine. */
  jobOf?: (connectionId: string, origin: ProcessOrigin) => string | null
  /** The uuids of those that a job could be given. */
  freeGpus?: (metrics: Omit<Metrics, 'free_gpu_uuids'>) => string[]
  onSample: (connectionId: string, sample: MachineSample) => void
  /** With each sample, when the newest has become old, and when `announce` was called. */
  onMetrics?: (metrics: Metrics) => void
}

/** The samplers of all connected machines. */
export class Monitor {
  readonly #store: MetricStore
  readonly #jobOf: MonitorOptions['jobOf']
  readonly #freeGpus: MonitorOptions['freeGpus']
  readonly #onSample: MonitorOptions['onSample']
  readonly #onMetrics: MonitorOptions['onMetrics']
  /** Until the newest sample of a machine is old. */
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #samplers = new Map<string, Sampler>()
  /** Samples, under the machine's id. */
  readonly #events = new EventEmitter<Record<string, [MachineSample]>>()

  constructor(options: MonitorOptions) {
    // Every waiting request listens; a hundred of them are no leak.
    this.#events.setMaxListeners(0)
    this.#store = options.store
    this.#jobOf = options.jobOf
    this.#freeGpus = options.freeGpus
    this.#onSample = options.onSample
    this.#onMetrics = options.onMetrics
  }

  /** The machine's sampler, running or not; undefined before its first connect. */
  find(connectionId: string): Sampler | undefined {
    return this.#samplers.get(connectionId)
  }

  /** What is known of a machine right now; null before its first sample. */
  latest(connectionId: string): Metrics | null {
    const sampler = this.#samplers.get(connectionId)
    const sample = sampler?.latest
    if (!sampler || !sample) return null
    const age = Date.now() - Date.parse(sample.recorded_at)
    const metrics = { connection_id: connectionId, ...sample, stale: age > freshMs(sampler) }
    return { ...metrics, free_gpu_uuids: this.#freeGpus?.(metrics) ?? [] }
  }

  /** Something beside its samples has changed that decides which of a machine's GPUs are free. */
  announce(connectionId: string): void {
    const metrics = this.latest(connectionId)
    if (metrics) this.#onMetrics?.(metrics)
  }

  /**
   * The machine's next sample, also when its sampler is only about to be there: a moment after a
   * connect there is none yet, or the one of the connection before. Null when none came in time.
   */
  next(
    connectionId: string,
    options: { timeoutMs: number; signal?: AbortSignal | undefined },
  ): Promise<MachineSample | null> {
    return nextEvent(this.#events, connectionId, options)
  }

  /** Begins to sample a machine that is connected now. */
  async watch(host: HostPool, intervalMs: number): Promise<void> {
    const { id } = host.target
    const before = this.#samplers.get(id)
    before?.stop()
    const since = new Date(Date.now() - KNOWN_FOR_MS)
    const sampler = new Sampler({
      host,
      intervalMs,
      known: before?.known ?? (await this.#store.knownGpus(id, since)),
      jobOf: (origin) => this.#jobOf?.(id, origin) ?? null,
      onSample: (sample) => {
        this.#onSample(id, sample)
        this.announce(id)
        clearTimeout(this.#timers.get(id))
        const timer = setTimeout(() => this.announce(id), freshMs(sampler) + 1)
        this.#timers.set(id, timer.unref())
        this.#events.emit(id, sample)
      },
    })
    // Two connects in a row may both have waited for the known GPUs; the last one wins.
    this.#samplers.get(id)?.stop()
    this.#samplers.set(id, sampler)
    if (host.state.status === 'connected') sampler.start()
  }

  pause(connectionId: string): void {
    this.#samplers.get(connectionId)?.stop()
  }

  forget(connectionId: string): void {
    this.pause(connectionId)
    this.#samplers.delete(connectionId)
    clearTimeout(this.#timers.get(connectionId))
    this.#timers.delete(connectionId)
  }

  stop(): void {
    for (const id of this.#samplers.keys()) this.pause(id)
    for (const timer of this.#timers.values()) clearTimeout(timer)
  }
}

/** How old the newest sample may be. */
const freshMs = ({ intervalMs }: Sampler) => FRESH_INTERVALS * intervalMs + FRESH_SLACK_MS

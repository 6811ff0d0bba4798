import type { EventHub, Subscription } from '../../live/hub'
import type { HostPool } from '../../ssh/host-pool'
import type { SshPool } from '../../ssh/pool'
import { FollowedRun } from './followed-run'
import { LogReader } from './log-reader'
import type { LogPosition } from './remote-tail'
import type { LogRun } from './run'

/** Of a machine's eight places for streams: terminals and downloads need some too. */
const MOST_TAILS = 4

/** All runs whose logs are followed now, each once however many follow it. */
export class LogFollowers {
  readonly #runs = new Map<string, FollowedRun>()
  readonly #tails = new Map<HostPool, number>()
  readonly #hub: EventHub
  readonly #hosts: SshPool
  #jobs: Subscription | null = null

  constructor(options: { hub: EventHub; hosts: SshPool }) {
    this.#hub = options.hub
    this.#hosts = options.hosts
  }

  /** How many runs are followed. */
  get size(): number {
    return this.#runs.size
  }

  /**
   * A reader of a run from the given places on; whoever asks for it closes it.
   * @param options.isReachable what the caller knows already; a change is the reader's first event
   * @param options.skips when too much comes, the reader wants the newest
   */
  open(options: {
    run: LogRun
    places: Partial<LogPosition>
    isReachable: boolean
    skips: boolean
  }): LogReader {
    const { run } = options
    const key = `${run.job_id}/${run.attempt}`
    let followed = this.#runs.get(key)
    const isNew = followed === undefined || followed.hasStopped
    if (followed === undefined || followed.hasStopped) {
      followed = new FollowedRun({
        run,
        hosts: this.#hosts,
        mayTail: (host) => this.#placeOn(host),
      })
      this.#runs.set(key, followed)
    }
    const shared = followed
    const reader = new LogReader({
      ...options,
      followed: shared,
      onClose: () => {
        if (shared.readerCount > 0) return
        shared.stop()
        if (this.#runs.get(key) === shared) this.#runs.delete(key)
        if (this.#runs.size === 0) this.#stopListening()
      },
    })
    shared.add(reader)
    if (isNew) shared.start()
    this.#listen()
    return reader
  }

  stop(): void {
    this.#stopListening()
    for (const followed of this.#runs.values()) followed.stop()
    this.#runs.clear()
  }

  #placeOn(host: HostPool): (() => void) | null {
    const taken = this.#tails.get(host) ?? 0
    if (taken >= MOST_TAILS) return null
    this.#tails.set(host, taken + 1)
    return () => {
      const left = (this.#tails.get(host) ?? 1) - 1
      if (left > 0) this.#tails.set(host, left)
      else this.#tails.delete(host)
    }
  }

  /** A job's change is looked at as soon as it is told, so that an end is not waited for. */
  #listen(): void {
    if (this.#jobs) return
    const jobs = this.#hub.subscribe()
    this.#jobs = jobs
    jobs.topics.add('jobs')
    const listen = async () => {
      for (;;) {
        const message = await jobs.next(60_000)
        if (message === null) return
        if (message === 'idle' || message.event.type !== 'job') continue
        const { id } = message.event.job
        for (const followed of this.#runs.values()) if (followed.run.job_id === id) followed.look()
      }
    }
    void listen()
  }

  #stopListening(): void {
    this.#jobs?.close()
    this.#jobs = null
  }
}

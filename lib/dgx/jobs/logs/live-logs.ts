import { setTimeout as delay } from 'node:timers/promises'
import { log } from '../../../log'
import { isDgxError } from '../../errors'
import type { JobLogEvent, LiveEvent } from '../../live/events'
import { runtime } from '../../runtime'
import { followLogs } from './follow'
import { findLogRun } from './run'
import { type LogStream, logsQuery } from './schema'

/** What one who comes later is given of each stream, characters. */
const RECENT_TEXT = 64 * 1024
/** Events of a flood come no faster than this, some 6 MB/s; the rest is left out. */
const PACE_MS = 10
const LARGE_TEXT = 32 * 1024
const LOOK_EVERY_MS = 5_000

/** The logs that somebody watches now, each followed once; their events go to the hub. */
export class LiveLogs {
  readonly #logs = new Map<string, { log: LiveLog; holders: number }>()

  /**
   * Keeps a job's log followed until `release`.
   * @returns `recent`: what others were given last; everything after it comes through the hub
   */
  hold(jobId: string): { recent: LiveEvent[]; release(): void } {
    const known = this.#logs.get(jobId)
    const entry = known ?? { log: new LiveLog(jobId), holders: 0 }
    entry.holders += 1
    if (!known) {
      this.#logs.set(jobId, entry)
      entry.log.start()
    }
    let isHeld = true
    return {
      recent: entry.log.recent(),
      release: () => {
        if (!isHeld) return
        isHeld = false
        entry.holders -= 1
        if (entry.holders > 0) return
        this.#logs.delete(jobId)
        entry.log.stop()
      },
    }
  }
}

type State = Extract<LiveEvent, { type: 'job_log_state' }>

/** One job's log, of its newest attempt; a retry goes on with the new one. */
class LiveLog {
  readonly #jobId: string
  readonly #stopping = new AbortController()
  readonly #recent: Record<LogStream, JobLogEvent[]> = { stdout: [], stderr: [] }
  #state: State | null = null

  constructor(jobId: string) {
    this.#jobId = jobId
  }

  recent(): LiveEvent[] {
    return [...(this.#state ? [this.#state] : []), ...this.#recent.stdout, ...this.#recent.stderr]
  }

  start(): void {
    void this.#run(this.#stopping.signal).catch((error: unknown) => {
      if (!this.#stopping.signal.aborted)
        log.error({ err: error }, 'a log is not followed any more')
    })
  }

  stop(): void {
    this.#stopping.abort(new Error('nobody watches this log any more'))
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const followed = await this.#follow(signal)
      if (signal.aborted || followed === null) return
      if (followed === 'again') await delay(LOOK_EVERY_MS, undefined, { signal })
      else await this.#untilRetried(followed, signal)
    }
  }

  /** The attempt whose end or loss was told; `again` after trouble that may pass; null: no job. */
  async #follow(signal: AbortSignal): Promise<number | 'again' | null> {
    let attempt = 0
    try {
      const query = logsQuery.parse({ max_bytes: RECENT_TEXT })
      const events = await followLogs({ id: this.#jobId, signal, skips: true, ...query })
      for await (const event of events) {
        if (event.type === 'start') {
          attempt = event.attempt
          this.#recent.stdout = []
          this.#recent.stderr = []
          this.#tell({ attempt, reachable: event.reachable, ended: false, error: null })
        } else if (event.type === 'log') {
          this.#give({ ...event, attempt })
          if (event.text.length >= LARGE_TEXT) await delay(PACE_MS, undefined, { signal })
        } else if (event.type === 'reachable') {
          this.#tell({ attempt, reachable: event.reachable, ended: false, error: null })
        } else if (event.type === 'end') {
          attempt = event.attempt
          this.#tell({ attempt, reachable: true, ended: true, error: null })
        }
      }
    } catch (error) {
      if (signal.aborted || !isDgxError(error)) throw error
      const { code, message } = error
      if (code === 'job_not_found') return null
      this.#tell({ attempt, reachable: true, ended: false, error: { code, message } })
      if (code !== 'log_gone') return 'again'
    }
    return attempt
  }

  #give(piece: Pick<JobLogEvent, 'attempt' | 'stream' | 'text' | 'offset' | 'next_offset'>): void {
    const { attempt, stream, text, offset, next_offset } = piece
    const recent = this.#recent[stream]
    const before = recent.at(-1)
    const event: JobLogEvent = {
      ...{ type: 'job_log', job_id: this.#jobId, attempt, stream, text, offset, next_offset },
      skipped_bytes: before ? Math.max(0, offset - before.next_offset) : 0,
    }
    recent.push(event)
    let kept = recent.reduce((sum, { text: { length } }) => sum + length, 0)
    while (kept > RECENT_TEXT && recent.length > 1) kept -= recent.shift()?.text.length ?? 0
    runtime().hub.publish(event)
  }

  #tell(state: Omit<State, 'type' | 'job_id'>): void {
    this.#state = { type: 'job_log_state', job_id: this.#jobId, ...state }
    runtime().hub.publish(this.#state)
  }

  async #untilRetried(attempt: number, signal: AbortSignal): Promise<void> {
    const jobs = runtime().hub.subscribe()
    jobs.topics.add('jobs')
    const close = () => jobs.close()
    signal.addEventListener('abort', close, { once: true })
    try {
      while (!signal.aborted) {
        const run = await findLogRun({ id: this.#jobId })
        if (run.attempt > attempt) return
        if ((await jobs.next(LOOK_EVERY_MS)) === null) return
      }
    } catch (error) {
      if (!isDgxError(error)) throw error
      this.stop()
    } finally {
      signal.removeEventListener('abort', close)
      close()
    }
  }
}

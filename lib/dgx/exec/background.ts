import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { DgxError } from '../errors'
import { describeExit, type Exit, lostInTheMiddle, runCommand } from '../ssh/exec'
import type { HostPool } from '../ssh/host-pool'
import { KeptOutput } from './kept-output'
import type { ExecInput } from './schema'

/** Commands that run or are kept after their end. */
const MOST_COMMANDS = 50
const KEPT_AFTER_END_MS = 3_600_000

/** A command that goes on without its caller. */
export type BackgroundCommand = {
  id: string
  connection_id: string
  connection_name: string
  command: string
  stdout: KeptOutput
  stderr: KeptOutput
  started_at_ms: number
  /** It does not run yet: a person must allow it, because of this pattern. */
  held_by: string | null
  /** How it ended; null while it runs. */
  end:
    | (Pick<ReturnType<typeof describeExit>, 'code' | 'signal' | 'timed_out'> & {
        at_ms: number
        /** It was ended by `stop`. */
        was_stopped: boolean
        /** Why its end is not known, or why it never ran; null when neither is so. */
        error: unknown
      })
    | null
}

type Entry = BackgroundCommand & { hangUp: AbortController; ended: EventEmitter }

/** Runs commands whose callers come back for their output, and keeps that for a while. */
export class BackgroundCommands {
  readonly #entries = new Map<string, Entry>()

  /**
   * @param hold it runs when a person has allowed it
   * @throws DgxError too_busy when as many run as can be kept
   */
  start(
    machine: { connection: { id: string; name: string }; host: HostPool },
    input: Omit<ExecInput, 'stdin' | 'max_output_bytes'>,
    hold: { pattern: string; ask: (signal: AbortSignal) => Promise<void> } | null,
  ): BackgroundCommand {
    this.#makeRoom()
    const { connection, host } = machine
    const entry: Entry = {
      id: randomUUID(),
      connection_id: connection.id,
      connection_name: connection.name,
      command: input.command,
      stdout: new KeptOutput(),
      stderr: new KeptOutput(),
      started_at_ms: Date.now(),
      held_by: hold?.pattern ?? null,
      end: null,
      hangUp: new AbortController(),
      ended: new EventEmitter(),
    }
    this.#entries.set(entry.id, entry)
    const end = (exit: Exit | null, error: unknown) => {
      const known = exit ? describeExit(exit) : { code: null, signal: null, timed_out: false }
      entry.end = {
        ...known,
        at_ms: Date.now(),
        was_stopped: exit === null && error === null,
        error,
      }
      entry.ended.emit('end')
    }
    const { signal } = entry.hangUp
    const run = async () => {
      await hold?.ask(signal)
      entry.held_by = null
      return runCommand(host, input, {
        kind: 'stream',
        signal,
        sink: (stream, chunk) => {
          entry[stream].push(chunk)
          return undefined
        },
      })
    }
    run().then(
      ({ exit }) => end(exit, exit.kind === 'lost' ? lostInTheMiddle(host, undefined) : null),
      (error: unknown) => end(null, signal.aborted ? null : error),
    )
    return entry
  }

  /** @throws DgxError not_found */
  find(id: string): BackgroundCommand {
    return this.#find(id)
  }

  /** Waits for a command's end, at most so long, or until the signal. */
  async wait(id: string, mostMs: number, signal: AbortSignal): Promise<BackgroundCommand> {
    const entry = this.#find(id)
    if (entry.end === null && mostMs > 0) {
      const enough = AbortSignal.any([signal, AbortSignal.timeout(mostMs)])
      // Its abort is what was asked for, not a failure.
      await once(entry.ended, 'end', { signal: enough }).catch(() => {})
    }
    return entry
  }

  /** Ends a command's process group and waits until that is done. */
  async end(id: string): Promise<BackgroundCommand> {
    const entry = this.#find(id)
    if (entry.end === null) {
      const ended = once(entry.ended, 'end')
      entry.hangUp.abort(new Error('the caller ended it'))
      await ended
    }
    return entry
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((id) => this.end(id)))
  }

  #find(id: string): Entry {
    const entry = this.#entries.get(id)
    if (entry) return entry
    throw new DgxError(
      'not_found',
      `There is no command ${id.slice(0, 100)}: ended ones are kept for an hour and until the app stops. Run it again if its result is still needed.`,
    )
  }

  #makeRoom(): void {
    const now = Date.now()
    for (const [id, { end }] of this.#entries) {
      const isOld = end !== null && now - end.at_ms > KEPT_AFTER_END_MS
      const isFull = end !== null && this.#entries.size >= MOST_COMMANDS
      if (isOld || isFull) this.#entries.delete(id)
    }
    if (this.#entries.size < MOST_COMMANDS) return
    throw new DgxError(
      'too_busy',
      `${MOST_COMMANDS} commands run in the background. Wait for one or stop one; what runs long is better a job.`,
    )
  }
}

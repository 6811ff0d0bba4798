import { randomUUID } from 'node:crypto'
import type { Caller } from '../caller'
import { DgxError } from '../errors'
import type { Approval } from './answers'
import { ruleOf } from './presets'
import type { Decision } from './schema'

const MOST_WAITING = 50
/** More than anybody reads before they allow it. */
const MOST_COMMAND_LENGTH = 32 * 1024

/** Who has allowed a command, for the audit trail. */
export type Allowed = { approval_id: string; allowed_by: string }

type Waiting = { approval: Approval; settle: (outcome: DgxError | Allowed) => void }

/** Commands that wait for a person. They are in memory only: a caller that is gone runs nothing. */
export class Approvals {
  readonly #onChange: (waiting: Approval[]) => void
  readonly #waiting = new Map<string, Waiting>()

  constructor(onChange: (waiting: Approval[]) => void) {
    this.#onChange = onChange
  }

  /** Those that wait, the oldest first. */
  list(): Approval[] {
    return [...this.#waiting.values()].map(({ approval }) => approval)
  }

  /**
   * Resolves when a person allows it.
   * @throws DgxError confirmation_refused, confirmation_timed_out (also when the signal aborts),
   *   too_busy, command_denied for what is too long to be read
   */
  async ask(
    question: Pick<
      Approval,
      'machines' | 'action' | 'job_name' | 'command' | 'working_dir' | 'pattern'
    > & { caller: Caller; timeout_s: number; signal: AbortSignal | undefined },
  ): Promise<Allowed> {
    const { caller, timeout_s, signal, ...what } = question
    const machine = what.machines.map(({ name }) => name).join(', ')
    if (what.command.length > MOST_COMMAND_LENGTH) {
      throw new DgxError(
        'command_denied',
        `${machine} asks a person about commands that match ${ruleOf(what.pattern)}, and this one is too long to be read. Put it into a file there and run that.`,
      )
    }
    if (this.#waiting.size >= MOST_WAITING) {
      throw new DgxError(
        'too_busy',
        `${MOST_WAITING} commands wait for a person already. Ask the person at the app to answer them first.`,
      )
    }
    const now = Date.now()
    const approval: Approval = {
      id: randomUUID(),
      ...what,
      rule: ruleOf(what.pattern),
      asked_by: { via: caller.via, key_name: caller.key?.name ?? null, client: caller.client },
      asked_at: new Date(now).toISOString(),
      expires_at: new Date(now + timeout_s * 1000).toISOString(),
    }
    const late = (why: string) =>
      new DgxError(
        'confirmation_timed_out',
        `${why}, so that the command was not run on ${machine}: it matches ${ruleOf(what.pattern)}, which needs a person. Tell them, and run the same command again when they are at the app; do not rephrase it.`,
      )
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => settle(late(`Nobody answered within ${timeout_s} s`)),
        timeout_s * 1000,
      )
      timer.unref()
      const onAbort = () => settle(late('The caller did not wait for an answer'))
      const settle = (outcome: DgxError | Allowed) => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        this.#waiting.delete(approval.id)
        this.#onChange(this.list())
        if (outcome instanceof DgxError) reject(outcome)
        else resolve(outcome)
      }
      this.#waiting.set(approval.id, { approval, settle })
      this.#onChange(this.list())
      signal?.addEventListener('abort', onAbort, { once: true })
      if (signal?.aborted) onAbort()
    })
  }

  /** The first answer counts. @throws DgxError not_found when it does not wait any more */
  decide(id: string, decision: Decision, by: Caller): Approval {
    const waiting = this.#waiting.get(id)
    if (!waiting) {
      throw new DgxError(
        'not_found',
        'No command waits under this id: it was answered or withdrawn, or its time is over. GET /api/dgx/approvals lists those that wait.',
      )
    }
    const { approval, settle } = waiting
    const machine = approval.machines.map(({ name }) => name).join(', ')
    settle(
      decision === 'allow'
        ? { approval_id: id, allowed_by: `a person in the browser (${by.client ?? 'unnamed'})` }
        : new DgxError(
            'confirmation_refused',
            `The person at the app refused this command, so that it was not run on ${machine} (it matches ${ruleOf(approval.pattern)}). Ask them what to do instead; do not rephrase it.`,
          ),
    )
    return approval
  }

  /** Nobody can answer any more. */
  stop(): void {
    for (const { approval, settle } of [...this.#waiting.values()]) {
      settle(
        new DgxError(
          'confirmation_timed_out',
          `The app stopped before anybody answered; "${approval.command.slice(0, 100)}" was not run. Run it again.`,
        ),
      )
    }
  }
}

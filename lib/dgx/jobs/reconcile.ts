import type { RunEnd } from './ends'
import type { RunExit, RunFacts } from './runner/types'
import type { EndReason } from './states'

/** How long a run without a trace may still turn up, and how often that must have been seen. */
const GRACE_MS = 20_000
const GRACE_PROBES = 2

/** A run as it is stored. */
export type StoredRun = {
  attempt: number
  phase: string
  started_at: Date | null
  end_reason: string | null
  cancel_requested_at: Date | null
}

/** Since when a run has left no trace, and how often that was seen. */
export type Missing = { since_ms: number; probes: number }

export type Verdict =
  /** Nothing is there and nothing was: it may be started. */
  | { kind: 'launch' }
  | { kind: 'wait' }
  | { kind: 'running'; message: string | null }
  | { kind: 'missing' }
  | { kind: 'end'; end: RunEnd; isGone: boolean }
  /** Its end is stored, and now nothing of it is left. */
  | { kind: 'gone' }

/**
 * What is true of a run, from what its machine says of it. Losing sight of a run is never its end:
 * only the machine's own word is.
 * @param options.missing what was seen of its absence before; null when it was there
 */
export function judge(options: {
  run: StoredRun
  facts: RunFacts
  missing: Missing | null
  machine: string
  now_ms: number
}): Verdict {
  const { run, facts, missing, machine, now_ms } = options
  const isGone =
    facts.live_pids.length === 0 && !['starting', 'running', 'orphaned'].includes(facts.state)
  if (run.end_reason !== null) return isGone ? { kind: 'gone' } : { kind: 'wait' }
  const ended = (reason: EndReason, exit: RunExit | null, message = exit?.message ?? null) => {
    const ended_at = new Date(facts.ended_at_ms ?? now_ms)
    const isWished = run.cancel_requested_at !== null && ended_at >= run.cancel_requested_at
    const end: RunEnd = {
      reason: isWished ? 'cancelled_by_user' : reason,
      exit_code: exit?.code ?? null,
      exit_signal: exit?.signal ?? null,
      message,
      ended_at,
      stdout_bytes: facts.stdout_bytes,
      stderr_bytes: facts.stderr_bytes,
    }
    return { kind: 'end' as const, end, isGone }
  }
  const lost = (message: string): Verdict => {
    const isOver =
      run.cancel_requested_at !== null ||
      (missing !== null &&
        missing.probes + 1 >= GRACE_PROBES &&
        now_ms - missing.since_ms >= GRACE_MS)
    return isOver ? ended('lost', null, message) : { kind: 'missing' }
  }
  switch (facts.state) {
    case 'absent':
      if (run.started_at !== null) {
        return lost(`its folder on ${machine} is gone, and so are its processes and its exit code`)
      }
      return run.cancel_requested_at === null
        ? { kind: 'launch' }
        : ended('cancelled_by_user', null)
    case 'starting':
      return { kind: 'wait' }
    case 'running':
      return { kind: 'running', message: null }
    case 'orphaned':
      return {
        kind: 'running',
        message: `Its supervisor or its folder on ${machine} is gone, while its processes run on (${facts.live_pids.slice(0, 5).join(', ')}); how they end will not be known.`,
      }
    case 'ended':
      return facts.exit
        ? ended(reasonOf(facts.exit), facts.exit)
        : lost(`${machine} has an end of it that cannot be read`)
    case 'vanished':
      return lost(
        `${machine} has neither its processes nor its exit code: both it and its supervisor were ended by something else`,
      )
    case 'rebooted':
      return ended('host_rebooted', null)
  }
}

function reasonOf({ reason, code }: RunExit): EndReason {
  if (reason !== 'exited') return reason
  return code === 0 ? 'exit_zero' : 'exit_nonzero'
}

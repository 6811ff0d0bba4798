import { describe, expect, it } from 'vitest'
import { judge, type Missing, type StoredRun } from './reconcile'
import type { RunFacts } from './runner/types'

const NOW = 1_000_000_000

const see = (
  facts: Partial<RunFacts>,
  run: Partial<StoredRun> = {},
  missing: Missing | null = null,
) =>
  judge({
    run: {
      attempt: 1,
      phase: 'running',
      started_at: new Date(NOW - 60_000),
      end_reason: null,
      cancel_requested_at: null,
      ...run,
    },
    facts: {
      job_id: 'j',
      attempt: 1,
      run_token: 't',
      state: 'running',
      pid: 1,
      process_group: 2,
      boot_id: 'b',
      started_at_ms: NOW - 60_000,
      ended_at_ms: null,
      exit: null,
      live_pids: [],
      stdout_bytes: 0,
      stderr_bytes: 0,
      metrics_bytes: 0,
      heartbeat_at_ms: NOW,
      ...facts,
    },
    missing,
    machine: 'dgx-1',
    now_ms: NOW,
  })
const exit = (code: number | null, reason: 'exited' | 'signalled' | 'timed_out' = 'exited') => ({
  state: 'ended' as const,
  ended_at_ms: NOW - 1_000,
  exit: { code, signal: code === null ? 'KILL' : null, reason, message: null },
})
const cancelledAt = (ms: number) => ({ cancel_requested_at: new Date(ms), phase: 'stopping' })
const ended = (reason: string) => ({ kind: 'end', end: { reason } })

describe('what a machine says of a run', () => {
  it('is its end with the code it left with', () => {
    expect(see(exit(0))).toMatchObject({ ...ended('exit_zero'), isGone: true })
    expect(see(exit(3))).toMatchObject({
      kind: 'end',
      end: { exit_code: 3, reason: 'exit_nonzero' },
    })
    expect(see(exit(null, 'signalled'))).toMatchObject(ended('signalled'))
    expect(see({ ...exit(0), live_pids: [7] })).toMatchObject({ kind: 'end', isGone: false })
  })

  it('is a cancellation only when it ended after that was asked for', () => {
    expect(see(exit(0), cancelledAt(NOW - 2_000))).toMatchObject(ended('cancelled_by_user'))
    expect(see(exit(0), cancelledAt(NOW - 500))).toMatchObject(ended('exit_zero'))
    const never = { ...cancelledAt(NOW), started_at: null }
    expect(see({ state: 'absent' }, never)).toMatchObject(ended('cancelled_by_user'))
  })

  it('is a launch where nothing was, and never a second one', () => {
    expect(see({ state: 'absent' }, { started_at: null, phase: 'starting' }).kind).toBe('launch')
    expect(see({ state: 'absent' }).kind).toBe('missing')
  })

  it('is a loss only after a grace and a second look', () => {
    const gone = { state: 'vanished' as const }
    expect(see(gone).kind).toBe('missing')
    expect(see(gone, {}, { since_ms: NOW - 19_000, probes: 5 }).kind).toBe('missing')
    expect(see(gone, {}, { since_ms: NOW - 60_000, probes: 0 }).kind).toBe('missing')
    expect(see(gone, {}, { since_ms: NOW - 20_000, probes: 1 })).toMatchObject(ended('lost'))
    expect(see(gone, cancelledAt(NOW - 100))).toMatchObject(ended('cancelled_by_user'))
  })

  it('is no end while processes run that nobody watches', () => {
    const orphaned = see({ state: 'orphaned', live_pids: [8, 9] })
    expect(orphaned).toMatchObject({ kind: 'running', message: expect.stringContaining('8, 9') })
    expect(see({ state: 'rebooted' })).toMatchObject({ ...ended('host_rebooted'), isGone: true })
  })

  it('frees the GPUs of a run that has ended once nothing of it is left', () => {
    const over = { end_reason: 'exit_zero', phase: 'stopping' }
    expect(see({ ...exit(0), live_pids: [7] }, over).kind).toBe('wait')
    expect(see(exit(0), over).kind).toBe('gone')
  })
})

import type { JobStatus } from './schema'

/**
 * Where a managed job stands, finer than `status`:
 * held -> queued -> starting -> running -> ended, with `stopping` before an end that was asked for.
 * A retry leads from any of the last back to `queued`, by itself or by hand.
 */
export const PHASES = ['held', 'queued', 'starting', 'running', 'stopping', 'ended'] as const
export type Phase = (typeof PHASES)[number]

/** A run of it is on a machine, or may be. */
export const ACTIVE_PHASES = ['starting', 'running', 'stopping'] as const satisfies Phase[]
/** It runs nowhere yet, so that what it needs may still be changed. */
export const WAITING_PHASES = ['held', 'queued'] as const satisfies Phase[]

/** In `connection_ids`: any of the machines that are there. */
export const ANY_MACHINE = 'any'

/** Why a job waits. */
export const WAIT_REASONS = [
  'not_started',
  'dependency',
  'no_gpu_free',
  'behind_others',
  'gpu_unhealthy',
  'gpus_unknown',
  'does_not_fit',
  'host_unreachable',
  'host_disconnected',
  'no_machine',
  'machine_read_only',
  'starting',
] as const
export type WaitReason = (typeof WAIT_REASONS)[number]

/** Why a run, and with it its job, came to its end. */
export const END_REASONS = [
  'exit_zero',
  'exit_nonzero',
  'signalled',
  'out_of_memory',
  'timed_out',
  'cancelled_by_user',
  'host_rebooted',
  'lost',
  'launch_failed',
  'dependency_failed',
] as const
export type EndReason = (typeof END_REASONS)[number]

export type JobAction = 'start' | 'cancel' | 'retry' | 'clone'

/** Statuses that are an end. */
const TERMINAL: ReadonlySet<string> = new Set<JobStatus>(['completed', 'failed', 'cancelled'])

export const isTerminal = (status: string): boolean => TERMINAL.has(status)

export const isActive = (phase: string | null): boolean =>
  ACTIVE_PHASES.some((active) => active === phase)

export const isWaiting = (phase: string | null): boolean =>
  WAITING_PHASES.some((waiting) => waiting === phase)

/** The seed's five words for a phase; an end needs its reason. */
export function statusOf(phase: Exclude<Phase, 'ended'>): JobStatus {
  return phase === 'running' || phase === 'stopping' ? 'running' : 'pending'
}

export function statusOfEnd(reason: EndReason): JobStatus {
  if (reason === 'exit_zero') return 'completed'
  return reason === 'cancelled_by_user' ? 'cancelled' : 'failed'
}

/** What a caller may ask of a managed job now. A job that was cancelled may be cancelled again. */
export function legalActions(job: { phase: string | null; status: string }): JobAction[] {
  switch (job.phase) {
    case 'held':
      return ['start', 'cancel', 'clone']
    case 'ended':
      if (job.status === 'completed') return ['clone']
      return job.status === 'cancelled' ? ['cancel', 'retry', 'clone'] : ['retry', 'clone']
    default:
      return ['cancel', 'clone']
  }
}

/**
 * Ends after which another try may do better. A command that ran out of its time would do so again,
 * one that could not be started needs its order changed, and a cancelled one is not wanted.
 */
const RETRIED: ReadonlySet<EndReason> = new Set<EndReason>([
  'exit_nonzero',
  'signalled',
  'out_of_memory',
  'host_rebooted',
  'lost',
])

export const isRetried = (reason: EndReason): boolean => RETRIED.has(reason)

/** An end in one sentence. */
export function describeEnd(end: {
  reason: EndReason
  exit_code: number | null
  exit_signal: string | null
  /** What the host said of it. */
  message?: string | null
  machine: string
  timeout_s: number | null
}): string {
  const said = end.message ? ` ${sentence(end.message)}` : ''
  switch (end.reason) {
    case 'exit_zero':
      return 'Completed: its command ended with exit code 0.'
    case 'exit_nonzero':
      return `Failed: its command ended with exit code ${end.exit_code}.${said || hintOf(end.exit_code)}`
    case 'signalled':
      return `Failed: its command was ended by ${end.exit_signal ?? 'a signal'} that did not come from here.${said}`
    case 'out_of_memory':
      return `Failed: ${end.machine} ran out of memory and its kernel ended the command.${said}`
    case 'timed_out':
      return `Failed: it ran longer than its timeout_s of ${end.timeout_s} and was stopped.${said}`
    case 'cancelled_by_user':
      return 'Cancelled.'
    case 'host_rebooted':
      return `Failed: ${end.machine} was rebooted while it ran.`
    case 'lost':
      return `Failed: ${said.trim() || `${end.machine} has neither its processes nor an exit code; something ended them and their supervisor.`}`
    case 'launch_failed':
      return `Failed: it could not be started.${said}`
    case 'dependency_failed':
      return `Failed: ${said.trim() || 'a job that it depends on did not complete.'}`
  }
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

/** What a shell means by its own exit codes. */
function hintOf(exitCode: number | null): string {
  if (exitCode === 127) return ' That is what a shell says when there is no such command.'
  if (exitCode === 126) return ' That is what a shell says when the command cannot be executed.'
  return ''
}

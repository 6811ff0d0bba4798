import { describe, expect, it } from 'vitest'
import { describeEnd, legalActions, statusOf, statusOfEnd } from './states'

describe('the states of a managed job', () => {
  it('shows every phase as one of the five statuses', () => {
    expect((['held', 'queued', 'starting', 'running', 'stopping'] as const).map(statusOf)).toEqual([
      'pending',
      'pending',
      'pending',
      'running',
      'running',
    ])
    expect(statusOfEnd('exit_zero')).toBe('completed')
    expect(statusOfEnd('cancelled_by_user')).toBe('cancelled')
    expect(statusOfEnd('timed_out')).toBe('failed')
  })

  it('lets a job be cancelled until its end, and cancelled again after its cancellation', () => {
    const may = (phase: string, status: string) => legalActions({ phase, status })
    expect(may('held', 'pending')).toEqual(['start', 'cancel', 'clone'])
    for (const phase of ['queued', 'starting', 'running', 'stopping'])
      expect(may(phase, 'x')).toEqual(['cancel', 'clone'])
    expect(may('ended', 'completed')).toEqual(['clone'])
    expect(may('ended', 'failed')).toEqual(['retry', 'clone'])
    expect(may('ended', 'cancelled')).toEqual(['cancel', 'retry', 'clone'])
  })

  it('says of an end what happened, and what the host said of it', () => {
    const end = { exit_code: null, exit_signal: null, machine: 'dgx-1', timeout_s: null }
    expect(describeEnd({ ...end, reason: 'exit_nonzero', exit_code: 127 })).toMatch(
      /exit code 127\. .*no such command/,
    )
    expect(describeEnd({ ...end, reason: 'launch_failed', message: 'no folder /data' })).toBe(
      'Failed: it could not be started. no folder /data.',
    )
    expect(describeEnd({ ...end, reason: 'lost' })).toContain('dgx-1 has neither')
  })
})

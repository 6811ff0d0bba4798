import { describe, expect, it, vi } from 'vitest'
import { type Caller, NOBODY } from '../caller'
import type { Approval } from './answers'
import { Approvals } from './approvals'

const PERSON: Caller = { ...NOBODY, via: 'browser', client: 'Firefox' }

function setUp() {
  const changes: Approval[][] = []
  const approvals = new Approvals((waiting) => changes.push(waiting))
  const ask = (command: string, more: { timeout_s?: number; signal?: AbortSignal } = {}) => {
    const asked = approvals.ask({
      ...{ machines: [{ id: 'c', name: 'dgx-1' }], action: 'command', job_name: null },
      ...{ command, working_dir: null, pattern: 'reboot', caller: NOBODY },
      ...{ timeout_s: 60, signal: undefined, ...more },
    })
    // Looked at later.
    asked.catch(() => {})
    return asked
  }
  const idOf = (command: string) =>
    approvals.list().find((approval) => approval.command === command)?.id ?? ''
  return { approvals, changes, ask, idOf }
}

describe('a command that waits for a person', () => {
  it('runs when it is allowed, and not when it is refused', async () => {
    const { approvals, changes, ask, idOf } = setUp()
    const [one, two] = [ask('reboot 1'), ask('reboot 2')]
    expect(approvals.list()).toMatchObject([{ command: 'reboot 1' }, { command: 'reboot 2' }])
    approvals.decide(idOf('reboot 2'), 'refuse', PERSON)
    approvals.decide(idOf('reboot 1'), 'allow', PERSON)
    await expect(one).resolves.toMatchObject({ allowed_by: expect.stringContaining('Firefox') })
    await expect(two).rejects.toMatchObject({ code: 'confirmation_refused' })
    expect(changes.map(({ length }) => length)).toEqual([1, 2, 1, 0])
  })

  it('is answered once', () => {
    const { approvals, ask, idOf } = setUp()
    void ask('reboot')
    const id = idOf('reboot')
    approvals.decide(id, 'allow', PERSON)
    expect(() => approvals.decide(id, 'refuse', PERSON)).toThrow(/answered or withdrawn/)
  })

  it('gives up after its time', async () => {
    vi.useFakeTimers()
    try {
      const { approvals, ask } = setUp()
      const asked = ask('reboot', { timeout_s: 5 })
      await vi.advanceTimersByTimeAsync(4_999)
      expect(approvals.list()).toHaveLength(1)
      await vi.advanceTimersByTimeAsync(1)
      expect(approvals.list()).toEqual([])
      await expect(asked).rejects.toMatchObject({
        code: 'confirmation_timed_out',
        message: expect.stringMatching(/within 5 s.*dgx-1.*matches reboot.*do not rephrase/s),
      })
    } finally {
      vi.useRealTimers()
    }
  })

  it('is withdrawn by a caller that hangs up, also before it was asked', async () => {
    const { approvals, ask } = setUp()
    const caller = new AbortController()
    const asked = ask('reboot', { signal: caller.signal })
    caller.abort()
    await expect(asked).rejects.toMatchObject({ code: 'confirmation_timed_out' })
    await expect(ask('again', { signal: caller.signal })).rejects.toThrow('did not wait')
    expect(approvals.list()).toEqual([])
  })

  it('does not run when the app stops', async () => {
    const { approvals, ask } = setUp()
    const asked = [ask('reboot 1'), ask('reboot 2')]
    approvals.stop()
    for (const each of asked)
      await expect(each).rejects.toMatchObject({ code: 'confirmation_timed_out' })
  })

  it('is one of 50 at most, and short enough to be read', async () => {
    const { approvals, ask, idOf } = setUp()
    await expect(ask(`reboot ${'x'.repeat(40_000)}`)).rejects.toMatchObject({
      code: 'command_denied',
    })
    for (let i = 0; i < 50; i += 1) void ask(`reboot ${i}`)
    await expect(ask('one more')).rejects.toMatchObject({ code: 'too_busy' })
    approvals.decide(idOf('reboot 7'), 'refuse', PERSON)
    void ask('one more')
    expect(approvals.list()).toHaveLength(50)
  })
})

import { type Act, beginEntry, outcomeOf } from '../dgx/audit/record'
import type { DgxError } from '../dgx/errors'
import type { Terminal } from '../dgx/terminal/service'

/**
 * Opens a terminal, with an entry of the audit trail now and another at its end: one that the app's
 * own end cut off has only the first. What is typed there is not looked at.
 */
export async function auditedTerminal(
  asker: Pick<Act, 'caller' | 'request_id'> & { id: string },
  open: () => Promise<Terminal>,
): Promise<Terminal> {
  const { id, caller, request_id } = asker
  const subject = { type: 'connection' as const, reference: id }
  const act = { caller, request_id, subject, sent: {} }
  const recordOpening = await beginEntry({ ...act, action: 'openTerminal' })
  let terminal: Terminal
  try {
    terminal = await open()
  } catch (error) {
    await recordOpening({ outcome: outcomeOf(error) })
    throw error
  }
  // Not waited for: what the shell says first would come before the word that it is ready.
  void recordOpening({})
  void recordEnd(terminal, act)
  return terminal
}

/** The entry of one that the scope of its caller does not reach. */
export function recordRefusedTerminal(
  { id, caller, request_id }: Parameters<typeof auditedTerminal>[0],
  refusal: DgxError,
): void {
  const subject = { type: 'connection' as const, reference: id }
  void beginEntry({ caller, request_id, subject, sent: {}, action: 'openTerminal' }).then(
    (record) => record({ outcome: refusal.code }),
  )
}

async function recordEnd({ ended }: Terminal, act: Omit<Act, 'action'>): Promise<void> {
  const record = await beginEntry({ ...act, action: 'closeTerminal' })
  try {
    const { exit_code, signal } = await ended
    await record({ exit_code, at: new Date(), ...(signal ? { more: { signal } } : {}) })
  } catch (error) {
    await record({ outcome: outcomeOf(error), at: new Date() })
  }
}

import { database } from '../../db/client'
import { Prisma } from '../../db/generated/client'
import type { Caller } from '../caller'
import { findMachine } from '../connections/machine'
import { type SafeMachine, toSafeMachine } from '../connections/records'
import { DgxError } from '../errors'
import { runtime } from '../runtime'
import type { Approval, CommandVerdict, SafetySettings } from './answers'
import { isPerson } from './gate'
import { judgeCommand } from './policy'
import { deniedError, describeMatch, readOnlyError } from './refusals'
import type { CommandCheck, Decision, SafetyUpdate } from './schema'

const toSettings = ({ id, safety }: SafeMachine): SafetySettings => ({
  connection_id: id,
  ...safety,
  deny: [...safety.deny],
  confirm: [...safety.confirm],
})

/** @throws DgxError connection_not_found, ambiguous_name */
export async function getSafety({ id }: { id: string }): Promise<SafetySettings> {
  return toSettings(await findMachine(id))
}

/**
 * Changes what may be done on a machine. It counts for commands and jobs from now on; terminals on a
 * machine that becomes read-only are closed.
 * @throws DgxError connection_not_found, ambiguous_name
 */
export async function updateSafety(options: {
  id: string
  changes: SafetyUpdate
}): Promise<SafetySettings> {
  const { deny, confirm, ...rest } = options.changes
  const { id } = await findMachine(options.id)
  const row = await database().connection.update({
    where: { id },
    data: {
      ...rest,
      ...(deny && { deny_patterns: columnOf(deny) }),
      ...(confirm && { confirm_patterns: columnOf(confirm) }),
      updated_at: new Date(),
    },
  })
  const machine = toSafeMachine(row)
  const { targets, terminals, readOnly, monitor, deletedFolders, hub } = runtime()
  targets.forget()
  if (machine.safety.read_only) {
    readOnly.add(id)
    for (const terminal of [...terminals]) {
      if (terminal.connectionId === id) terminal.end(readOnlyError(machine))
    }
  } else {
    readOnly.delete(id)
    // What waited until it may be written to.
    void deletedFolders.remove()
  }
  monitor.announce(id)
  hub.publish({ type: 'connections_changed' })
  return toSettings(machine)
}

const columnOf = (patterns: readonly string[]) =>
  patterns.length > 0 ? [...new Set(patterns)] : Prisma.DbNull

/** What would become of a command; nothing is run. @throws DgxError connection_not_found */
export async function checkSafety(options: {
  id: string
  check: CommandCheck
}): Promise<CommandVerdict> {
  const { command, ...tried } = options.check
  const machine = await findMachine(options.id)
  const verdict = judgeCommand({ ...machine.safety, ...tried }, command)
  switch (verdict.outcome) {
    case 'allowed':
      return { outcome: 'allowed', pattern: null, message: `${machine.name} would run it.` }
    case 'read_only':
      return { ...verdict, pattern: null, message: readOnlyError(machine).message }
    case 'denied':
    case 'needs_confirmation': {
      const { outcome, pattern } = verdict
      const message =
        outcome === 'denied'
          ? deniedError(machine, verdict).message
          : `${describeMatch(machine, verdict, 'asks a person first')}.`
      return { outcome, pattern, message }
    }
  }
}

/** The commands that wait for a person, the oldest first. */
export function listApprovals(): Approval[] {
  return runtime().approvals.list()
}

/**
 * Lets a command that waits run, or not.
 * @throws DgxError person_required, not_found
 */
export function decideApproval(options: { id: string; decision: Decision; caller: Caller }) {
  const { id, decision, caller } = options
  if (!isPerson(caller)) {
    throw new DgxError(
      'person_required',
      'Only a person in the browser decides about a command that waits: not an API key, the command line or an agent. Ask them to look at the app.',
    )
  }
  return { ...runtime().approvals.decide(id, decision, caller), decision }
}

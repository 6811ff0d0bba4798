import { database } from '../../db/client'
import type { Caller } from '../caller'
import { findMachine } from '../connections/machine'
import { type SafeMachine, toSafeMachine } from '../connections/records'
import { DgxError } from '../errors'
import { ANY_MACHINE } from '../jobs/states'
import { runtime } from '../runtime'
import type { Allowed } from './approvals'
import { judgeCommand } from './policy'
import { deniedError, readOnlyError } from './refusals'

/** Who asks, and how it is known that they are gone. */
export type Asker = {
  caller: Caller
  signal?: AbortSignal | undefined
  /** Called when a person was asked and has allowed it. */
  onAllowed?: ((by: Allowed) => void) | undefined
}

type CommandToRun = { machine: SafeMachine; command: string; cwd?: string | undefined }

/**
 * The pattern for which a person has to be asked about a command; null when it may run.
 * @throws DgxError machine_read_only, command_denied
 */
export function checkCommand({ machine, command }: CommandToRun): string | null {
  const verdict = judgeCommand(machine.safety, command)
  switch (verdict.outcome) {
    case 'read_only':
      throw readOnlyError(machine)
    case 'denied':
      throw deniedError(machine, verdict)
    case 'needs_confirmation':
      return verdict.pattern
    case 'allowed':
      return null
  }
}

/**
 * Resolves when a person has allowed a command that `checkCommand` gave a pattern for.
 * @throws DgxError confirmation_refused, confirmation_timed_out, too_busy, and as `checkCommand`
 */
export async function askPerson(
  options: CommandToRun & { pattern: string } & Asker,
): Promise<void> {
  const { machine, command, cwd, pattern, caller, signal, onAllowed } = options
  const by = await runtime().approvals.ask({
    ...{ action: 'command', job_name: null, command, working_dir: cwd ?? null, pattern },
    machines: [{ id: machine.id, name: machine.name }],
    ...{ caller, signal, timeout_s: machine.safety.confirm_timeout_s },
  })
  onAllowed?.(by)
  // The settings may have become stricter meanwhile.
  checkCommand({ machine: await findMachine(machine.id), command })
}

/** Resolves when a command may run. @throws DgxError as `checkCommand` and `askPerson` */
export async function allowCommand(options: CommandToRun & Asker): Promise<void> {
  const pattern = checkCommand(options)
  if (pattern !== null) await askPerson({ ...options, pattern })
}

/**
 * A terminal runs anything, so that what may be denied is for people only there.
 * @throws DgxError machine_read_only, person_required
 */
export function allowTerminal(machine: SafeMachine, caller: Caller): void {
  const { read_only, deny, confirm } = machine.safety
  if (read_only) throw readOnlyError(machine)
  if (deny.length + confirm.length > 0 && !isPerson(caller)) {
    throw new DgxError(
      'person_required',
      `${machine.name} has rules for commands, which a terminal knows nothing of, so that only a person in the browser opens one there. Run commands with POST /api/dgx/exec/${machine.id}.`,
    )
  }
}

/**
 * Somebody who sits at a page of this program. Without `API_SERVER_KEY` any program on this computer
 * could say that it is a browser.
 */
export const isPerson = ({ via, key, scope }: Caller): boolean =>
  via === 'browser' && key === null && scope === 'admin'

type JobToRun = {
  name: string
  command: string
  working_dir: string | null
  /** As they are stored. */
  connection_ids: readonly string[]
}

/**
 * The machines on which a person has to be asked about a job, and the pattern that says so; null when
 * it may wait for its turn on any of them.
 * @throws DgxError machine_read_only when all of them are, command_denied
 */
export async function checkJob({ command, connection_ids }: JobToRun) {
  const isAnywhere = connection_ids.includes(ANY_MACHINE)
  const rows = await database().connection.findMany({
    where: isAnywhere ? {} : { id: { in: [...connection_ids] } },
  })
  const machines = rows.map(toSafeMachine)
  const writable = machines.filter(({ safety }) => !safety.read_only)
  const [first] = machines
  if (first && writable.length === 0) throw readOnlyError(first)
  const asking = writable.flatMap((machine) => {
    const pattern = checkCommand({ machine, command })
    return pattern === null ? [] : [{ machine, pattern }]
  })
  const pattern = asking[0]?.pattern
  return pattern === undefined ? null : { machines: asking.map(({ machine }) => machine), pattern }
}

/**
 * Resolves when a job may wait for its turn; true when a person was asked.
 * @throws DgxError confirmation_refused, confirmation_timed_out, too_busy, and as `checkJob`
 */
export async function allowJob(
  job: JobToRun,
  { caller, signal, onAllowed }: Asker,
): Promise<boolean> {
  const question = await checkJob(job)
  if (!question) return false
  const { machines, pattern } = question
  const by = await runtime().approvals.ask({
    ...{ action: 'job', job_name: job.name, command: job.command, working_dir: job.working_dir },
    machines: machines.map(({ id, name }) => ({ id, name })),
    ...{ pattern, caller, signal },
    timeout_s: Math.min(...machines.map(({ safety }) => safety.confirm_timeout_s)),
  })
  onAllowed?.(by)
  // The settings may have become stricter meanwhile.
  await checkJob(job)
  return true
}

/** @throws DgxError machine_read_only when a job runs on a machine that is */
export async function allowEnding(
  runs: readonly { connection_id: string | null }[],
): Promise<void> {
  if (runs.length === 0) return
  const ids = runs.flatMap(({ connection_id }) => connection_id ?? [])
  const readOnly = await database().connection.findFirst({
    where: { id: { in: ids }, read_only: true },
  })
  if (readOnly) throw readOnlyError(readOnly)
}

import { DgxError } from '../errors'
import type { Verdict } from './policy'
import { ruleOf } from './presets'

type Named = { id: string; name: string }
type Match = Extract<Verdict, { pattern: string }>

export function readOnlyError({ id, name }: Named): DgxError {
  return new DgxError(
    'machine_read_only',
    `${name} is read-only: no commands, terminals or changes of jobs there until a person switches that off at /connections/${id}/safety. Metrics, logs and jobs can be read, and jobs that run go on.`,
  )
}

export function deniedError(machine: Named, match: Match): DgxError {
  return new DgxError(
    'command_denied',
    `${describeMatch(machine, match, 'denies this command')}. Ask the person at the app what to do instead; do not rephrase the command.`,
  )
}

/** Why a pattern decides about a command, without a full stop. */
export function describeMatch(
  { name }: Pick<Named, 'name'>,
  { pattern, is_too_slow }: Match,
  says: string,
): string {
  const rule = ruleOf(pattern)
  return is_too_slow
    ? `${name} ${says}: its pattern ${rule} takes too long to be tried on it, and should be made simpler`
    : `${name} ${says}: it matches ${rule}`
}

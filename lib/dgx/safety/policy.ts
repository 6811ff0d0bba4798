import { firstMatch } from '../guarded-pattern'

/** The safety settings of a machine. */
export type Safety = {
  read_only: boolean
  /** Regular expressions over the command: what they match is not run, */
  deny: readonly string[]
  /** or only when a person in the browser allows it. */
  confirm: readonly string[]
  confirm_timeout_s: number
}

export type Verdict =
  | { outcome: 'allowed' }
  | { outcome: 'read_only' }
  | { outcome: 'denied' | 'needs_confirmation'; pattern: string; is_too_slow: boolean }

const ALLOWED: Verdict = { outcome: 'allowed' }

/** What a machine's settings say of a command. */
export function judgeCommand(
  { read_only, deny, confirm }: Omit<Safety, 'confirm_timeout_s'>,
  command: string,
): Verdict {
  if (read_only) return { outcome: 'read_only' }
  if (deny.length + confirm.length === 0) return ALLOWED
  const texts = [command, withoutQuotes(command)]
  for (const [outcome, patterns] of [
    ['denied', deny],
    ['needs_confirmation', confirm],
  ] as const) {
    const match = firstMatch(patterns, texts)
    if (match) return { outcome, pattern: match.pattern, is_too_slow: match.isTooSlow }
  }
  return ALLOWED
}

/** `"rm" -rf '/'` is `rm -rf /`, and a line that ends in a backslash goes on in the next one. */
function withoutQuotes(command: string): string {
  return command.replace(/\\\n/g, ' ').replace(/["'\\]/g, '')
}

import type { End } from '../audit/record'

type Told = {
  code?: number | null
  signal?: string | null
  timed_out?: boolean
}

/** What the audit trail says of a command, of its result as of an event that tells of its end. */
export function endOfCommand({ code = null, signal, timed_out }: Told): End {
  return {
    exit_code: code,
    ...(timed_out ? { outcome: 'timed_out' } : signal ? { outcome: 'signalled' } : {}),
    ...(signal ? { more: { signal } } : {}),
  }
}

import { log } from '../../log'
import type { Caller } from '../caller'
import { isDgxError } from '../errors'
import { runtime } from '../runtime'
import { NO_SUBJECT, type Subject } from './log'
import { findSubject, type SubjectReference, type SubjectType } from './subjects'

/** Something that somebody asks for. */
export type Act = {
  caller: Caller
  /** The operation's id. */
  action: string
  request_id: string | null
  /** What it is about. Without a `reference` what came of it tells. */
  subject: (Omit<SubjectReference, 'reference'> & { reference?: string | undefined }) | null
  /** Secrets in it are masked. */
  sent: Record<string, unknown>
  /** Its entry may be written up to a second later: for commands, which are many and short. */
  isWrittenBehind?: boolean | undefined
  /** Aborts when the caller hangs up. */
  signal?: AbortSignal | undefined
}

/** How it ended. */
export type End = {
  /** `ok` without it. */
  outcome?: string
  exit_code?: number | null
  /** What it made, or what it turned out to be about, by id or name. */
  reference?: string | undefined
  /** Kept beside what was sent. */
  more?: Record<string, unknown>
  /** When it was asked for; the beginning, without it. */
  at?: Date
}

/** To be called once something has ended; null when nothing was done after all. */
export type Recorder = (end: End | null) => Promise<void>

/** Begins an entry of the audit trail; it is written at the end, with names as they are now. */
export async function beginEntry(act: Act): Promise<Recorder> {
  const { audit } = runtime()
  const begun_at = new Date()
  const startedAt = performance.now()
  const isDone = audit.begin()
  const { caller, action, request_id, sent, subject } = act
  const known =
    subject?.reference === undefined ? null : await about(subject.type, subject.reference)
  return async (end) => {
    if (end === null) return isDone()
    const { outcome = 'ok', exit_code = null, reference, more, at } = end
    const found =
      known ?? (subject && reference ? await about(subject.type, reference) : NO_SUBJECT)
    const detail = { ...sent, ...more }
    const entry = {
      at: at ?? begun_at,
      caller_via: caller.via,
      key_name: caller.key?.name ?? null,
      client: caller.client,
      action,
      ...found,
      detail: Object.keys(detail).length > 0 ? detail : null,
      outcome,
      exit_code,
      duration_ms: performance.now() - startedAt,
      request_id,
    }
    if (act.isWrittenBehind) audit.add(entry)
    else await audit.write(entry)
    isDone()
  }
}

/**
 * Does something and writes down how it went.
 * @param options.endOf what its value says of it; null when nothing was done after all
 */
export async function recorded<T>(
  act: Act,
  run: () => Promise<T>,
  endOf: (value: T) => End | null = () => ({}),
): Promise<T> {
  const record = await beginEntry(act)
  let value: T
  try {
    value = await run()
  } catch (error) {
    await record({ outcome: outcomeOf(error, act.signal) })
    throw error
  }
  await record(endOf(value))
  return value
}

/**
 * The same of what tells of itself as it goes on; its entry is written when the last event was taken, or
 * when nobody takes more.
 */
export async function recordedEvents<E>(
  act: Act,
  open: () => Promise<AsyncGenerator<E, void, undefined>> | AsyncGenerator<E, void, undefined>,
  endOf: (event: E) => End,
): Promise<AsyncGenerator<E, void, undefined>> {
  const record = await beginEntry(act)
  try {
    return follow(await open(), record, { endOf, signal: act.signal })
  } catch (error) {
    await record({ outcome: outcomeOf(error, act.signal) })
    throw error
  }
}

async function* follow<E>(
  events: AsyncGenerator<E, void, undefined>,
  record: Recorder,
  { endOf, signal }: { endOf: (event: E) => End; signal: AbortSignal | undefined },
): AsyncGenerator<E, void, undefined> {
  let end: End = { outcome: 'hung_up' }
  let told: End = {}
  try {
    for await (const event of events) {
      told = { ...told, ...endOf(event) }
      yield event
    }
    end = {}
  } catch (error) {
    end = { outcome: outcomeOf(error, signal) }
    throw error
  } finally {
    await record({ ...told, ...end })
  }
}

/** What an entry says of a failure. */
export function outcomeOf(error: unknown, signal?: AbortSignal): string {
  if (isDgxError(error)) return error.code
  return signal?.aborted ? 'hung_up' : 'internal'
}

/** Not to be known is no reason to fail. */
async function about(type: SubjectType, reference: string): Promise<Subject> {
  try {
    return await findSubject({ type, reference })
  } catch (error) {
    log.error({ err: error }, 'the subject of an audit entry was not found')
    return { ...NO_SUBJECT, target_type: type, target_name: reference }
  }
}

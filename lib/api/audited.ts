import { type Act, type End, recorded, recordedEvents } from '../dgx/audit/record'
import type { SubjectType } from '../dgx/audit/subjects'
import type { DgxError } from '../dgx/errors'
import type { Asker } from '../dgx/safety/gate'
import { callerOf } from './caller'
import { dataOf } from './envelope'
import type { Operation } from './operation'
import { requestId } from './request-id'
import type { ApiRequest } from './route-function'

/** What the audit trail says of an operation. */
export type Audited = {
  /** What kind of record it is about: that of the path, or the one that it makes. */
  subject: SubjectType | null
  /** What its answer, or one of its events, says of how it went. */
  endOf?: (answer: never) => End
  /** May be written a second after the answer: for commands, which are many and short. */
  isWrittenBehind?: true
}

/** What was asked for, as its function gets it, and the JSON that was sent. */
type Input = {
  params: unknown
  query: unknown
  body: unknown
  request: ApiRequest
  asker: Asker
  sent: unknown
  told: Record<string, unknown>
}

/** Does what was asked for and writes down by whom, and how it went. A dry run changes nothing. */
export function audited<I extends Input, T>(
  operation: Operation,
  run: (input: I) => Promise<T>,
): (input: I) => Promise<T> {
  const { audit } = operation
  if (!audit) return run
  return (input) =>
    isDryRun(input)
      ? run(input)
      : recorded(
          actOf(operation, audit, input),
          () => run(input),
          (value) => endOf(audit, dataOf(value), input.told),
        )
}

/** Writes down that somebody tried what their scope does not reach; what was sent is not read. */
export async function auditedRefusal(
  operation: Operation,
  input: Pick<Input, 'request' | 'params'>,
  refusal: DgxError,
): Promise<never> {
  const { audit } = operation
  if (!audit) throw refusal
  const { request } = input
  const asker = { caller: callerOf(request), signal: request.signal }
  const act = actOf(operation, audit, { ...input, asker, body: undefined, sent: undefined })
  return recorded(act, () => Promise.reject(refusal))
}

type Events<E> = AsyncGenerator<E, void, undefined>

/** The same of what is answered as a stream. */
export function auditedEvents<I extends Input, E>(
  operation: Operation,
  open: (input: I) => Promise<Events<E>> | Events<E>,
): (input: I) => Promise<Events<E>> | Events<E> {
  const { audit } = operation
  if (!audit) return open
  return (input) =>
    recordedEvents(
      actOf(operation, audit, input),
      () => open(input),
      (event) => endOf(audit, event, input.told),
    )
}

function isDryRun({ query }: Input): boolean {
  return Object(query).dry_run === true
}

function actOf(
  operation: Operation,
  audit: Audited,
  { request, params, body, asker, sent }: Omit<Input, 'query' | 'told'>,
): Act {
  const given: string | undefined = Object(params).id
  const query = Object.fromEntries(new URL(request.url).searchParams)
  // Arguments that came as a list are the line that runs.
  const { command } = Object(body)
  // What makes something is about that; what it is made of is told beside it.
  const isMaking = operation.status === 201
  return {
    caller: asker.caller,
    action: operation.id,
    request_id: requestId(request),
    subject: audit.subject && { type: audit.subject, reference: isMaking ? undefined : given },
    sent: {
      ...(isMaking && given ? { from: given } : {}),
      ...query,
      ...Object(sent),
      ...(command ? { command } : {}),
    },
    isWrittenBehind: audit.isWrittenBehind,
    signal: asker.signal,
  }
}

function endOf({ endOf }: Audited, answer: unknown, told: object): End {
  const id: unknown = Object(answer).id
  // `never` because each operation knows the shape of its own answers.
  const { more, ...end } = endOf?.(answer as never) ?? {}
  const all = { ...told, ...more }
  return {
    ...(typeof id === 'string' ? { reference: id } : {}),
    ...end,
    ...(Object.keys(all).length > 0 ? { more: all } : {}),
  }
}

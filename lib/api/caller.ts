import type { IncomingHttpHeaders } from 'node:http'
import { type Caller, NOBODY, SCOPES, type Scope } from '../dgx/caller'
import { DgxError } from '../dgx/errors'
import type { ApiRequest } from './route-function'

const HEADER = 'x-dgx-caller'

/** Who asks. The server sets the header itself and removes what came from outside under its name. */
export function callerOf(request: ApiRequest): Caller {
  return read(request.headers.get(HEADER))
}

/** The same of an upgrade, which is no `Request`. */
export function callerOfUpgrade(headers: IncomingHttpHeaders): Caller {
  return read(headers[HEADER])
}

/** @param what is asked for, as its name. @throws DgxError forbidden_scope */
export function requireScope(caller: Caller, needed: Scope, what: string): void {
  const refusal = beyondScope(caller, needed, what)
  if (refusal) throw refusal
}

/** Null when the scope suffices. */
export function beyondScope({ key, scope }: Caller, needed: Scope, what: string): DgxError | null {
  if (SCOPES.indexOf(scope) >= SCOPES.indexOf(needed)) return null
  return new DgxError(
    'forbidden_scope',
    `The key "${key?.name}" has the scope ${scope}, and ${what} needs ${needed}. Send a key with that scope; they are made at /settings or with "dgx keys create".`,
  )
}

function read(header: string | string[] | null | undefined): Caller {
  return typeof header === 'string' ? JSON.parse(header) : NOBODY
}

import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '../dgx/caller'

const HEADER = 'x-dgx-caller'

/** Not a request of the server: a test, or code of this program. */
const NOBODY: Caller = { via: 'api', key: null, scope: 'admin', client: null }

/** Who asks. The server sets the header itself and removes what came from outside under its name. */
export function callerOf(request: Request): Caller {
  return read(request.headers.get(HEADER))
}

/** The same of an upgrade, which is no `Request`. */
export function callerOfUpgrade(headers: IncomingHttpHeaders): Caller {
  return read(headers[HEADER])
}

function read(header: string | string[] | null | undefined): Caller {
  return typeof header === 'string' ? JSON.parse(header) : NOBODY
}

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Caller, Scope } from '../dgx/caller'
import type { DgxError } from '../dgx/errors'
import type { Refusal } from '../dgx/runtime'
import { log } from '../log'
import { beyondScope, callerOfUpgrade } from './caller'
import { STATUS } from './status'

type Asker = { id: string; query: URLSearchParams; caller: Caller; request_id: string | null }

/** Takes over a WebSocket that was just opened at its path. */
type SocketRoute = {
  path: RegExp
  /** What its caller must have. */
  scope: Scope
  serve: (socket: WebSocket, asker: Asker) => void
  /** Told of who asked without that. */
  onRefusal?: (asker: Asker, refusal: DgxError) => void
}

/** A message from a browser is a few lines at most; a pasted text may be larger. */
const MAX_MESSAGE_BYTES = 1024 * 1024

/**
 * The WebSockets of this program: answers an upgrade whose path is one of `routes`, whose first
 * group is the `id`. The guard and the key were checked before.
 * @returns what `server.mjs` calls; false when no route takes the path, or why it is refused
 */
export function upgradeHandler(routes: readonly SocketRoute[]) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES })
  return (request: IncomingMessage, socket: Duplex, head: Buffer): boolean | Refusal => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    for (const { path, scope, serve, onRefusal } of routes) {
      const match = path.exec(pathname)
      if (!match) continue
      const caller = callerOfUpgrade(request.headers)
      const requestId = request.headers['x-request-id']
      const asker = {
        id: decodeURIComponent(match[1] ?? ''),
        query: searchParams,
        caller,
        request_id: typeof requestId === 'string' ? requestId : null,
      }
      const refusal = beyondScope(caller, scope, pathname)
      if (refusal) {
        onRefusal?.(asker, refusal)
        const { code, message } = refusal
        return { status: STATUS[code], code, message }
      }
      sockets.handleUpgrade(request, socket, head, (opened) => {
        opened.on('error', (error) => log.debug({ err: error }, 'websocket'))
        serve(opened, asker)
      })
      return true
    }
    return false
  }
}

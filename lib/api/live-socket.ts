import type { WebSocket } from 'ws'
import { isDgxError } from '../dgx/errors'
import type { Subscription } from '../dgx/live/hub'
import { liveRequest } from '../dgx/live/schema'
import { openSubscription, PING_EVERY_MS, subscribe, unsubscribe } from '../dgx/live/service'
import { log } from '../log'

/**
 * `/api/dgx/live`: events as JSON texts. The server greets with `{type: 'hello', at}`; the client
 * sends `{type: 'subscribe' | 'unsubscribe', topics, since?}`. A ping every 15 s tells a browser,
 * which cannot see the protocol's own, that the way is open.
 */
export function serveLive(socket: WebSocket): void {
  const subscription = openSubscription()
  socket.on('close', () => subscription.close())
  socket.on('message', (data, isBinary) => {
    void obey(socket, subscription, isBinary ? '' : String(data))
  })
  void send(socket, JSON.stringify({ type: 'hello', at: new Date().toISOString() }))
    .then(() => forward(socket, subscription))
    .catch((error) => log.debug({ err: error }, 'live socket ended'))
    .finally(() => {
      subscription.close()
      // 1001: going away, so that the client comes back by itself.
      socket.close(1001)
    })
}

async function obey(socket: WebSocket, subscription: Subscription, text: string): Promise<void> {
  try {
    const request = liveRequest.safeParse(parseJson(text))
    if (!request.success) {
      const [issue] = request.error.issues
      const where = issue?.path.join('.')
      return await refuse(
        socket,
        'invalid_request',
        `This message is not understood: ${where ? `"${where}" ` : ''}${issue?.message}. Send {"type":"subscribe","topics":["metrics"]}.`,
      )
    }
    const { type, topics } = request.data
    if (type === 'subscribe') return await subscribe({ ...request.data, subscription })
    await unsubscribe({ subscription, topics })
  } catch (error) {
    if (isDgxError(error)) return refuse(socket, error.code, error.message)
    log.error({ err: error }, 'live request failed')
    return refuse(socket, 'internal', 'Something broke in this program. Its log has the cause.')
  }
}

function refuse(socket: WebSocket, code: string, error: string): Promise<void> {
  return send(socket, JSON.stringify({ type: 'error', code, error })).catch(() => {})
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** One message at a time: while one is on its way, newer ones take the place of waiting ones. */
async function forward(socket: WebSocket, subscription: Subscription): Promise<void> {
  for (;;) {
    const message = await subscription.next(PING_EVERY_MS)
    if (message === null) return
    const text =
      message === 'idle'
        ? JSON.stringify({ type: 'ping', at: new Date().toISOString() })
        : message.json
    await send(socket, text)
  }
}

/** Resolves when the text is in the system's hands, so that a slow reader slows its sender. */
function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(text, (error) => (error ? reject(error) : resolve()))
  })
}

import { DgxError } from '../dgx/errors'
import { isAsSeen } from './etag'
import type { RouteFunction } from './route-function'

// On globalThis because each of Next's bundles has its own copy of this module.
const KEY = Symbol.for('dgx.preconditions')
type Holder = { [KEY]?: Map<string, Promise<unknown>> }

/**
 * A change with `If-Match` is made only to what its caller saw: the ETag of `read`, its own address.
 * Those of one address take turns, so that of two who saw the same only one succeeds.
 */
export function changedAsSeen(read: RouteFunction, change: RouteFunction): RouteFunction {
  return (request, context) => {
    if (!request.headers.has('if-match')) return change(request, context)
    const { origin, pathname } = new URL(request.url)
    return inTurn(pathname, async () => {
      const now = await read(new Request(origin + pathname), context)
      const etag = now.headers.get('etag')
      if (etag && !isAsSeen(request, etag)) {
        throw new DgxError(
          'precondition_failed',
          `It was changed since you saw it; its ETag is ${etag} now. GET ${pathname} and make your change again.`,
        )
      }
      return change(request, context)
    })
  }
}

async function inTurn<T>(address: string, run: () => Promise<T>): Promise<T> {
  const holder = globalThis as Holder
  holder[KEY] ??= new Map()
  const turns = holder[KEY]
  const before = turns.get(address) ?? Promise.resolve()
  const mine = before.then(run, run)
  turns.set(address, mine)
  try {
    return await mine
  } finally {
    if (turns.get(address) === mine) turns.delete(address)
  }
}

import { once } from 'node:events'
import net from 'node:net'

export type TcpProxy = {
  port: number
  /**
   * From now on nothing gets through, ends included, while every socket stays open: a dead route.
   * New connections are taken and hear nothing.
   */
  blackhole(): void
  /** Lets through what was held back, as TCP sends again what a route has lost. */
  restore(): void
  /** Cuts every connection at once. */
  sever(): void
  /** How many clients are connected. */
  connections(): number
  stop(): Promise<void>
}

/** A loopback port in front of another one, on which the network can be made to fail or be slow. */
export async function startTcpProxy(
  targetPort: number,
  options: {
    /** Added to each direction, ms. */
    delayMs?: number
  } = {},
): Promise<TcpProxy> {
  const routes = new Set<Route>()
  const clients = new Set<net.Socket>()
  let isBlackhole = false
  const server = net.createServer({ allowHalfOpen: true }, (client) => {
    const target = net.connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true })
    clients.add(client)
    const pair = [
      new Route(client, target, options.delayMs ?? 0, () => isBlackhole),
      new Route(target, client, options.delayMs ?? 0, () => isBlackhole),
    ]
    for (const route of pair) {
      routes.add(route)
      // Not before both ends have closed: what is held back may be the news of the first one's end.
      route.to.once('close', () => {
        if (client.closed && target.closed) for (const each of pair) routes.delete(each)
      })
    }
    client.once('close', () => clients.delete(client))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sever = () => {
    for (const { from, to } of routes) {
      from.destroy()
      to.destroy()
    }
  }
  return {
    port: (server.address() as net.AddressInfo).port,
    blackhole: () => {
      isBlackhole = true
    },
    restore: () => {
      isBlackhole = false
      for (const route of routes) route.flush()
    },
    sever,
    connections: () => clients.size,
    stop: async () => {
      sever()
      server.close()
      await once(server, 'close')
    },
  }
}

/** What is held back before its sender is made to wait, bytes. */
const MOST_HELD = 1024 * 1024

type Parcel = { due: number; content: Buffer | 'end' | 'reset' }

/** One direction of a connection. */
class Route {
  private readonly held: Parcel[] = []
  private heldBytes = 0
  private timer: NodeJS.Timeout | undefined

  constructor(
    readonly from: net.Socket,
    readonly to: net.Socket,
    private readonly delayMs: number,
    private readonly isDead: () => boolean,
  ) {
    from.setNoDelay(true)
    from.on('data', (chunk: Buffer) => {
      this.heldBytes += chunk.length
      if (this.heldBytes > MOST_HELD) from.pause()
      this.hold(chunk)
    })
    from.on('end', () => this.hold('end'))
    // The close that follows is what counts.
    from.on('error', () => {})
    from.on('close', (hadError) => this.hold(hadError ? 'reset' : 'end'))
    to.on('drain', () => this.flush())
  }

  private hold(content: Parcel['content']) {
    this.held.push({ due: performance.now() + this.delayMs, content })
    this.flush()
  }

  /** Passes on what is due, in order. */
  flush(): void {
    clearTimeout(this.timer)
    for (let next = this.held[0]; next; next = this.held[0]) {
      if (this.isDead() || this.to.writableNeedDrain) return
      const wait = next.due - performance.now()
      if (wait > 0) {
        this.timer = setTimeout(() => this.flush(), wait)
        return
      }
      this.held.shift()
      if (next.content === 'reset') this.to.destroy()
      else if (next.content === 'end') this.to.end()
      else {
        this.heldBytes -= next.content.length
        this.to.write(next.content)
        if (this.heldBytes <= MOST_HELD) this.from.resume()
      }
    }
  }
}

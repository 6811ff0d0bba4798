import net from 'node:net'

export type TcpProxy = {
  port: number
  /** Drops all traffic from now on while every connection stays open, as a dead route does. */
  blackhole(): void
  restore(): void
  /** Cuts every connection at once. */
  sever(): void
  stop(): Promise<void>
}

/** A loopback port in front of another one, on which the network can be made to fail. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<net.Socket>()
  let isBlackhole = false
  const server = net.createServer((client) => {
    const target = net.connect(targetPort, '127.0.0.1')
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(from)
      from.setNoDelay(true)
      from.on('data', (chunk) => {
        if (!isBlackhole) to.write(chunk)
      })
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        // Behind a dead route nobody hears of the other side's end.
        if (!isBlackhole) to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sever = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as net.AddressInfo).port,
    blackhole: () => {
      isBlackhole = true
    },
    restore: () => {
      isBlackhole = false
    },
    sever,
    stop: async () => {
      isBlackhole = false
      sever()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

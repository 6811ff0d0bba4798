import { randomInt } from 'node:crypto'
import net from 'node:net'

// Below the ports that systems give to outgoing connections (32768 and up): a server that is
// restarted finds its port as it left it, and test files that run beside each other rarely meet.
const FIRST_PORT = 10_000
const LAST_PORT = 32_000

/** A loopback port that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

import { once } from 'node:events'
import net from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTcpProxy, type TcpProxy } from './tcp-proxy'

let echo: net.Server
let echoPort: number
const proxies: TcpProxy[] = []
const sockets: net.Socket[] = []

beforeEach(async () => {
  echo = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  echoPort = (echo.address() as net.AddressInfo).port
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const proxy of proxies.splice(0)) await proxy.stop()
  echo.close()
})

const start = async (delayMs?: number) => {
  const proxy = await startTcpProxy(echoPort, { delayMs })
  proxies.push(proxy)
  return proxy
}
const connect = async (proxy: TcpProxy) => {
  const socket = net.connect(proxy.port, '127.0.0.1')
  socket.on('error', () => {})
  sockets.push(socket)
  await once(socket, 'connect')
  return socket
}
const ask = async (socket: net.Socket, text: string) => {
  const answer = once(socket, 'data')
  socket.write(text)
  return String((await answer)[0])
}

it('passes bytes both ways, all of them and in order', async () => {
  const socket = await connect(await start())
  const sent = Buffer.alloc(4 * 1024 * 1024, 'abcdefg')
  const got: Buffer[] = []
  socket.on('data', (chunk) => got.push(chunk))
  socket.end(sent)
  await once(socket, 'end')
  expect(Buffer.concat(got).equals(sent)).toBe(true)
})

it('holds everything back in a black hole, ends included, and delivers it once restored', async () => {
  const proxy = await start()
  const socket = await connect(proxy)
  expect(await ask(socket, 'before')).toBe('before')
  proxy.blackhole()
  let heard = ''
  socket.on('data', (chunk) => {
    heard += chunk
  })
  socket.write('during')
  // Another connection through a working proxy takes the same way there and back in this time.
  expect(await ask(await connect(await start(50)), 'elsewhere')).toBe('elsewhere')
  expect([heard, socket.destroyed]).toEqual(['', false])
  const answered = once(socket, 'data')
  proxy.restore()
  await answered
  expect(heard).toBe('during')
})

it('does not tell of an end in a black hole before it is restored', async () => {
  const proxy = await start()
  const socket = await connect(proxy)
  await ask(socket, 'x')
  const peers = new Promise<number>((resolve) => echo.getConnections((_, count) => resolve(count)))
  expect(await peers).toBe(1)
  proxy.blackhole()
  socket.resetAndDestroy()
  expect(await ask(await connect(await start(50)), 'time passes')).toBe('time passes')
  const count = () =>
    new Promise<number>((resolve) => echo.getConnections((_, open) => resolve(open)))
  expect(await count()).toBe(2)
  proxy.restore()
  await expect.poll(count).toBe(1)
})

it('cuts every connection and counts those that are open', async () => {
  const proxy = await start()
  const pair = [await connect(proxy), await connect(proxy)]
  await Promise.all(pair.map((socket) => ask(socket, 'hi')))
  expect(proxy.connections()).toBe(2)
  const closed = pair.map((socket) => once(socket, 'close'))
  proxy.sever()
  await Promise.all(closed)
  await expect.poll(() => proxy.connections()).toBe(0)
})

it('adds its delay to each direction', async () => {
  const socket = await connect(await start(40))
  const since = performance.now()
  expect(await ask(socket, 'slow')).toBe('slow')
  expect(performance.now() - since).toBeGreaterThanOrEqual(79)
})

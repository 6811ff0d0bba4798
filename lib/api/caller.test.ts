import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { nameCaller } from '@/server/caller.mjs'
import type { Caller } from '../dgx/caller'
import { hashOf, KeyRing } from '../dgx/keys/ring'
import { callerOf } from './caller'
import { directPost } from './direct'
import { upgradeHandler } from './upgrade'

const key = { id: 'k1', name: 'Jörg’s laptop\n💻' }
const identity = { key, scope: 'run' } as const

const held = heldKey()
let close = () => {}
afterEach(() => close())

function heldKey() {
  const ring = new KeyRing({ onUsed: () => {} })
  ring.add({
    ...{ ...key, scope: identity.scope, hash: hashOf('dgx_x') },
    ...{ rate_limit_per_minute: null, last_used_at: null, revoked_at: null },
  })
  return ring.use('dgx_x') ?? null
}

/** A server that does what ours does with each request and upgrade. */
async function start(on: {
  request?: (...args: Parameters<ReturnType<typeof directPost>>) => void
  upgrade?: (...args: Parameters<ReturnType<typeof upgradeHandler>>) => void
}) {
  const named = (request: IncomingMessage) => nameCaller(request, { named: held })
  const server = createServer((request, response) => {
    named(request)
    on.request?.(request, response)
  })
  server.on('upgrade', (request, socket, head) => {
    named(request)
    on.upgrade?.(request, socket, head)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  close = () => {
    server.closeAllConnections()
    server.close()
  }
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('who asks reaches', () => {
  it('a handler around Next', async () => {
    const host = await start({
      request: directPost(/^\/exec\/([^/]+)$/, async (request) => Response.json(callerOf(request))),
    })
    const headers = { 'user-agent': 'curl/8' }
    const answer = await fetch(`http://${host}/exec/x`, { method: 'POST', headers })
    expect(await answer.json()).toEqual({ via: 'api', ...identity, client: 'curl/8' })
  })

  it('a WebSocket', async () => {
    const callers: Caller[] = []
    const host = await start({
      upgrade: upgradeHandler([
        {
          path: /^\/live$/,
          scope: 'run',
          serve: (_socket, { caller }) => void callers.push(caller),
        },
      ]),
    })
    const socket = new WebSocket(`ws://${host}/live`, { origin: `http://${host}` })
    await once(socket, 'open')
    socket.terminate()
    expect(callers).toEqual([{ via: 'browser', ...identity, client: null }])
  })
})

it('is a program where a key is sent, whatever else it says', async () => {
  const callers: Caller[] = []
  const host = await start({
    request: directPost(/^\/exec\/([^/]+)$/, async (request) => {
      callers.push(callerOf(request))
      return new Response()
    }),
  })
  const page = { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }
  for (const headers of [
    page,
    { ...page, 'x-api-key': 'k' },
    { ...page, authorization: 'Bearer k' },
  ])
    await fetch(`http://${host}/exec/x`, { method: 'POST', headers })
  expect(callers.map(({ via }) => via)).toEqual(['browser', 'api', 'api'])
})

it('is this program itself where no server was before', () => {
  const request = new Request('http://localhost/')
  expect(callerOf(request)).toEqual({ via: 'api', key: null, scope: 'admin', client: null })
})

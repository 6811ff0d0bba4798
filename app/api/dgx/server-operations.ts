import { z } from 'zod'
import type { Operation } from '@/lib/api/operation'

/** What is answered outside the routes of the API: by the server itself, and for agents. */

const loggedIn = z.strictObject({ logged_in: z.boolean() }).meta({ id: 'LoggedIn' })

export const logIn = {
  id: 'logIn',
  summary: 'Log a browser in',
  description:
    'Sets the cookie of a session. There only when `API_SERVER_KEY` is set. A form (`application/x-www-form-urlencoded`, which `curl -d` sends by itself) is answered with a redirect. Programs need no session.',
  isOpen: true,
  isUnrepeatable: true,
  body: z
    .looseObject({ key: z.string().describe('The `API_SERVER_KEY`.') })
    .meta({ id: 'Login', examples: [{ key: 'YOUR_KEY' }] }),
  returns: loggedIn,
  errors: ['not_found', 'too_busy'],
} satisfies Operation

export const logOut = {
  id: 'logOut',
  summary: 'Log a browser out',
  description: 'Removes the cookie. There only when `API_SERVER_KEY` is set.',
  isOpen: true,
  isUnrepeatable: true,
  returns: loggedIn,
  errors: ['not_found'],
} satisfies Operation

const rpcId = z.union([z.string(), z.number(), z.null()])

const rpcRequest = z
  .looseObject({
    jsonrpc: z.literal('2.0'),
    id: rpcId.optional(),
    method: z.string(),
    params: z.looseObject({}).optional(),
  })
  .meta({
    id: 'McpRequest',
    examples: [
      {
        ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
        params: { name: 'gpu_status', arguments: {} },
      },
    ],
  })

const rpcAnswer = z
  .looseObject({
    jsonrpc: z.literal('2.0'),
    id: rpcId.optional(),
    result: z.looseObject({}).optional(),
    error: z.looseObject({ code: z.number().int(), message: z.string() }).optional(),
  })
  .meta({ id: 'McpAnswer', examples: [{ jsonrpc: '2.0', id: 1, result: { content: [] } }] })

const rpcFailure = (description: string) => ({
  description,
  types: ['application/json'],
  schema: rpcAnswer,
})

export const callMcp = {
  id: 'callMcp',
  summary: 'Call as an agent',
  description:
    'The Model Context Protocol (Streamable HTTP); the content type must be `application/json`. A tool that changes something needs the scope `run`, and says so in its result.',
  scope: 'read',
  isUnrepeatable: true,
  body: rpcRequest,
  others: {
    200: {
      description: 'The answer, which may be a failure of its own.',
      types: ['application/json', 'text/event-stream'],
      schema: rpcAnswer,
    },
    202: { description: 'A notification, which has no answer.' },
    400: rpcFailure('Not a request of the protocol.'),
    406: rpcFailure('The client must accept both `application/json` and `text/event-stream`.'),
    415: rpcFailure('The content type must be `application/json`.'),
  },
} satisfies Operation

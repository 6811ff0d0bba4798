import type { McpServer, ServerContext, ToolAnnotations } from '@modelcontextprotocol/server'
import type { z } from 'zod'
import { failureBody } from '../api/envelope'
import { requestId } from '../api/request-id'
import type { ErrorCode } from '../dgx/errors'

/** A client's own limit may be 60 s. */
export const MOST_WAIT_S = 50
const PROGRESS_EVERY_MS = 15_000

/** What a tool knows of its call. */
export type Call = {
  /** Aborts when the client hangs up or cancels. */
  signal: AbortSignal
  /** Waits, telling the client every 15 s that it is still waited. */
  whileWaiting<T>(what: string, work: Promise<T>): Promise<T>
}

/** What all tools leave unsaid is the dangerous choice, so that each says all four. */
type Annotations = Required<Omit<ToolAnnotations, 'title'>>

export const READS: Annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
}

type Tool<I extends z.ZodObject, O extends z.ZodObject> = {
  name: string
  title: string
  description: string
  input: I
  output: O
  annotations: Annotations
  /** `text` is the short form of `data`. */
  run(input: z.output<I>, call: Call): Promise<{ text: string; data: z.input<O> }>
}

/** Something that `createServer` adds to a server. */
export type Registration = (server: McpServer) => void

/** A tool whose failures are results that say the next step. */
export function tool<I extends z.ZodObject, O extends z.ZodObject>(tool: Tool<I, O>): Registration {
  const { name, title, description, annotations } = tool
  // The SDK's own schema type does not follow a generic one.
  const inputSchema: z.ZodObject = tool.input
  const outputSchema: z.ZodObject = tool.output
  return (server) =>
    server.registerTool(
      name,
      { title, description, inputSchema, outputSchema, annotations },
      async (args, context) => {
        try {
          const { text, data } = await tool.run(args as z.output<I>, callOf(context))
          return { content: [{ type: 'text', text }], structuredContent: data }
        } catch (error) {
          // Nobody reads the answer to a call that was cancelled.
          context.mcpReq.signal.throwIfAborted()
          return { isError: true, content: [{ type: 'text', text: failureText(error, context) }] }
        }
      },
    )
}

function callOf({ mcpReq }: ServerContext): Call {
  const progressToken = mcpReq._meta?.progressToken
  return {
    signal: mcpReq.signal,
    whileWaiting: async (what, work) => {
      if (progressToken === undefined) return work
      let progress = 0
      const timer = setInterval(() => {
        progress += PROGRESS_EVERY_MS / 1000
        const params = { progressToken, progress, message: `${what}, for ${progress} s` }
        // Who has hung up needs no news.
        mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {})
      }, PROGRESS_EVERY_MS)
      return work.finally(() => clearInterval(timer))
    },
  }
}

/** A failure as a model reads it: what happened, its code, and what to call next. */
function failureText(error: unknown, { http }: ServerContext): string {
  const request = http?.req ?? new Request('http://localhost')
  const { error: message, code, details } = failureBody(error, requestId(request))
  const more = (details ?? []).slice(0, 10).map(({ path, message }) => `- ${path}: ${message}`)
  const next = NEXT_STEPS[code]
  return [`${message} [${code}]`, ...more, ...(next ? [`Next: ${next}`] : [])].join('\n')
}

const NEXT_STEPS: Partial<Record<ErrorCode, string>> = {
  connection_not_found: 'list_machines has the names and ids of all machines.',
  job_not_found: 'job_status without "job" lists the newest jobs.',
  ambiguous_name: 'call again with an id.',
  not_connected:
    'list_machines says why. A person connects it in the app, or POST /api/dgx/connect/NAME does.',
  connection_lost: 'list_machines shows when it is back; look there before you repeat a command.',
  too_busy: 'wait some seconds and call again.',
  does_not_fit: 'gpu_status shows what the machines have; ask for less or for another machine.',
  illegal_transition: 'job_status says where the job stands.',
  job_not_managed: 'start_job starts a job whose log and end can be read.',
  log_gone: 'job_status still has how it ended, and job_metrics what it logged.',
  idempotency_conflict: 'call again with a new client_token.',
}

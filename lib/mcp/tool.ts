import {
  CLIENT_INFO_META_KEY,
  type McpServer,
  type ServerContext,
  type ToolAnnotations,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { callerOf, requireScope } from '../api/caller'
import { failureBody } from '../api/envelope'
import { requestId } from '../api/request-id'
import { type End, recorded } from '../dgx/audit/record'
import type { SubjectType } from '../dgx/audit/subjects'
import type { Caller } from '../dgx/caller'
import type { ErrorCode } from '../dgx/errors'
import type { Asker } from '../dgx/safety/gate'

/** A client's own limit may be 60 s. */
export const MOST_WAIT_S = 50
const PROGRESS_EVERY_MS = 15_000

/** What a tool knows of its call. */
export type Call = {
  /** Aborts when the client hangs up or cancels. */
  signal: AbortSignal
  /** Who asks a machine to do something. */
  asker: Asker & { signal: AbortSignal }
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

/** What the audit trail says of a tool that does not only read. */
type Audited<I, D> = {
  /** The operation of the API that does the same. */
  action: string
  subject: SubjectType
  /** What it is about, by id or name; without it the end tells. */
  reference?: (input: I) => string
  /** How it went; null when nothing was done after all. */
  endOf: (data: D) => End | null
  isWrittenBehind?: true
}

type Tool<I extends z.ZodObject, O extends z.ZodObject> = {
  name: string
  title: string
  description: string
  input: I
  output: O
  annotations: Annotations
  audit?: Audited<z.output<I>, z.input<O>>
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
          const input = args as z.output<I>
          const told: Record<string, unknown> = {}
          const call = callOf(context, (by) => void Object.assign(told, by))
          const run = async () => {
            const needed = annotations.readOnlyHint ? 'read' : 'run'
            requireScope(call.asker.caller, needed, name)
            return tool.run(input, call)
          }
          const { text, data } = await audited(tool, input, context, {
            run,
            told,
          })
          return { content: [{ type: 'text', text }], structuredContent: data }
        } catch (error) {
          // Nobody reads the answer to a call that was cancelled.
          context.mcpReq.signal.throwIfAborted()
          return { isError: true, content: [{ type: 'text', text: failureText(error, context) }] }
        }
      },
    )
}

/** Runs a tool, and writes down who called it and how it went where it does not only read. */
function audited<I extends z.ZodObject, O extends z.ZodObject>(
  { audit }: Tool<I, O>,
  input: z.output<I>,
  context: ServerContext,
  { run, told }: { run: () => Promise<{ text: string; data: z.input<O> }>; told: object },
): Promise<{ text: string; data: z.input<O> }> {
  if (!audit) return run()
  const { action, subject: type, reference, endOf, isWrittenBehind } = audit
  const act = {
    ...{ action, sent: input, isWrittenBehind },
    caller: callerIn(context),
    request_id: requestId(requestOf(context)),
    subject: { type, reference: reference?.(input) },
    signal: context.mcpReq.signal,
  }
  return recorded(act, run, ({ data }) => {
    const end = endOf(data)
    return end && { ...end, more: { ...end.more, ...told } }
  })
}

const requestOf = ({ http }: ServerContext) => http?.req ?? new Request('http://localhost')

const clientInfo = z.looseObject({
  [CLIENT_INFO_META_KEY]: z.looseObject({ name: z.string() }),
})

/** What the client calls itself says more than its User-Agent; only the newer revision sends it. */
function callerIn(context: ServerContext): Caller {
  const caller = callerOf(requestOf(context))
  const told = clientInfo.safeParse(context.mcpReq.envelope)
  const name = told.data?.[CLIENT_INFO_META_KEY].name
  return name ? { ...caller, client: name.slice(0, 100) } : caller
}

function callOf(context: ServerContext, onAllowed: Asker['onAllowed']): Call {
  const { mcpReq } = context
  const { signal } = mcpReq
  const progressToken = mcpReq._meta?.progressToken
  return {
    signal,
    asker: { caller: callerIn(context), signal, onAllowed },
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
function failureText(error: unknown, context: ServerContext): string {
  const { error: message, code, details } = failureBody(error, requestId(requestOf(context)))
  const more = (details ?? []).slice(0, 10).map(({ path, message }) => `- ${path}: ${message}`)
  const next = NEXT_STEPS[code]
  return [`${message} [${code}]`, ...more, ...(next ? [`Next: ${next}`] : [])].join('\n')
}

const PERSON = 'ask the person: it is theirs to decide, in the app.'
const AGAIN = 'it is tried again by itself; list_machines shows when it is back.'

const NEXT_STEPS: Partial<Record<ErrorCode, string>> = {
  forbidden_scope: 'tell the person which scope is missing. Tools that only read still work.',
  connection_not_found: 'list_machines has the names and ids of all machines.',
  project_not_found: 'the resource dgx://projects lists them; create_project makes one.',
  job_not_found: 'job_status without "job" lists the newest jobs.',
  ambiguous_name: 'call again with an id.',
  not_connected: 'connect_machine connects it; list_machines says why it is not.',
  connection_lost: 'list_machines shows when it is back; look there before you repeat a command.',
  too_busy: 'wait some seconds and call again.',
  machine_read_only: 'gpu_status shows the other machines; only a person switches it off.',
  command_denied: 'tell the person what you wanted to do and why; do not rephrase the command.',
  confirmation_refused: 'ask the person what to do instead; do not rephrase the command.',
  confirmation_timed_out:
    'tell the person, and call again with the same command when they are there.',
  does_not_fit: 'gpu_status shows what the machines have; ask for less or for another machine.',
  illegal_transition: 'job_status says where the job stands.',
  job_not_managed: 'start_job starts a job whose log and end can be read.',
  log_gone: 'job_status still has how it ended, and job_metrics what it logged.',
  host_key_unknown: PERSON,
  host_key_changed: PERSON,
  host_key_revoked: PERSON,
  host_key_mismatch: PERSON,
  ssh_key_missing: PERSON,
  ssh_key_permissions: PERSON,
  ssh_key_unsupported: PERSON,
  ssh_passphrase_required: PERSON,
  ssh_passphrase_wrong: PERSON,
  ssh_password_required: PERSON,
  ssh_auth_failed: PERSON,
  ssh_refused: AGAIN,
  ssh_unreachable: AGAIN,
  ssh_timeout: AGAIN,
  ssh_throttled: 'wait a minute, then connect_machine.',
  idempotency_conflict: 'call again with a new client_token.',
}

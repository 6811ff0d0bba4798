import { z } from 'zod'
import { startCommand, stopCommand, waitForCommand } from '../dgx'
import type { End } from '../dgx/audit/record'
import { endOfCommand } from '../dgx/exec/audit'
import type { BackgroundCommand } from '../dgx/exec/background'
import { execInput } from '../dgx/exec/schema'
import { reference } from '../dgx/fields'
import { clip, duration } from './text'
import { MOST_WAIT_S, READS, tool } from './tool'

const wait_s = z.number().min(0).max(MOST_WAIT_S)
const commandId = z.string().min(1).max(100).describe('As run_command gave it.')
const { command, cwd, env, login_shell } = execInput.shape

const MOST_BYTES = 64 * 1024
/** So that both forms of an answer stay below 2,000 tokens. */
const DEFAULT_BYTES = 5_000

const excerpt = z.strictObject({
  command_id: z.string(),
  machine: z.string(),
  running: z.boolean(),
  waits_for_person: z.boolean().describe('It does not run yet: a person at the app must allow it.'),
  exit_code: z.number().int().nullable().describe('Null: it runs, or was ended by a signal.'),
  signal: z.string().nullable(),
  timed_out: z.boolean(),
  was_stopped: z.boolean(),
  problem: z.string().nullable().describe('Why its end is not known.'),
  duration_s: z.number(),
  stdout: z.string(),
  stderr: z.string(),
  stdout_bytes: z.number().int(),
  stderr_bytes: z.number().int(),
  truncated: z.boolean().describe('Something is left out: command_output with "stream" reads it.'),
})

/** What is known of a command, with the head and the tail of what it printed. */
function outcomeOf(running: BackgroundCommand, mostBytes: number) {
  const { id, end, held_by, stdout, stderr } = running
  // Errors are short, and what one stream does not need the other may have.
  const forStderr = Math.min(stderr.totalBytes, Math.floor(mostBytes / 3))
  const forStdout = mostBytes - forStderr
  const data: z.input<typeof excerpt> = {
    command_id: id,
    machine: clip(running.connection_name, 60),
    running: end === null,
    waits_for_person: end === null && held_by !== null,
    exit_code: end?.code ?? null,
    signal: end?.signal ?? null,
    timed_out: end?.timed_out ?? false,
    was_stopped: end?.was_stopped ?? false,
    problem: end?.error instanceof Error ? clip(end.error.message, 300) : null,
    duration_s: Math.round(((end?.at_ms ?? Date.now()) - running.started_at_ms) / 100) / 10,
    stdout: stdout.excerpt(forStdout),
    stderr: stderr.excerpt(forStderr),
    stdout_bytes: stdout.totalBytes,
    stderr_bytes: stderr.totalBytes,
    truncated: stdout.totalBytes > forStdout || stderr.totalBytes > forStderr,
  }
  const text = [
    headline(data),
    ...(data.stdout ? [data.stdout] : []),
    ...(data.stderr ? [`[stderr]\n${data.stderr}`] : []),
    ...(data.truncated
      ? [
          `[${data.stdout_bytes} bytes of stdout, ${data.stderr_bytes} of stderr. The rest: command_output with command_id ${id}, stream "stdout" or "stderr", offset 0.]`,
        ]
      : []),
  ].join('\n')
  return { data, text }
}

function headline(data: z.input<typeof excerpt>): string {
  const { command_id, exit_code, signal, problem } = data
  const took = duration(data.duration_s)
  if (data.waits_for_person) {
    return `Does not run yet: a person at the app must allow it; asked for ${took}. command_id ${command_id}: command_output waits on. Tell the person; do not rephrase the command.`
  }
  if (data.running) {
    return `Still runs, for ${took}. command_id ${command_id}: command_output waits for it, stop_command ends it.`
  }
  if (data.was_stopped) return `Stopped after ${took}.`
  if (data.timed_out) return `Ended by its timeout after ${took}.`
  if (problem) return problem
  return signal ? `Ended by SIG${signal} after ${took}.` : `Exit code ${exit_code} after ${took}.`
}

/** What the audit trail says of it: one that goes on has no exit code yet. */
function told({ command_id, running, ...end }: z.input<typeof excerpt>): End {
  const { more, ...rest } = endOfCommand({ ...end, code: end.exit_code })
  return { ...rest, more: { command_id, ...(running ? { running } : {}), ...more } }
}

export const runCommand = tool({
  name: 'run_command',
  title: 'Run a command',
  description:
    'Runs a shell command on a machine and waits for it up to wait_s. One that is not done goes on: the answer then has running: true and a command_id for command_output. Where the machine has rules a person may have to allow it first (waits_for_person). Its stdin is empty, so that what asks questions fails instead of hanging. Of long output the head and the tail are given. For training use start_job, which waits for GPUs and outlives this app.',
  input: z.strictObject({
    machine: reference.describe('Name or id.'),
    command,
    cwd,
    env,
    login_shell,
    wait_s: wait_s.default(20).describe('How long to wait for its end, in seconds.'),
    timeout_s: z
      .number()
      .int()
      .min(1)
      .max(86_400)
      .default(3_600)
      .describe('Then its processes are ended.'),
    max_output_bytes: z.number().int().min(200).max(MOST_BYTES).default(DEFAULT_BYTES),
  }),
  output: excerpt,
  annotations: {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: false,
    openWorldHint: true,
  },
  audit: {
    action: 'executeCommand',
    subject: 'connection',
    reference: ({ machine }) => machine,
    endOf: told,
    isWrittenBehind: true,
  },
  run: async (input, { asker, whileWaiting }) => {
    const { machine, wait_s, timeout_s, max_output_bytes, ...rest } = input
    const started = startCommand({
      ...{ ...rest, ...asker, id: machine },
      timeout_ms: timeout_s * 1000,
      wait_ms: wait_s * 1000,
    })
    return outcomeOf(await whileWaiting('The command runs', started), max_output_bytes)
  },
})

const piece = z.strictObject({
  stream: z.enum(['stdout', 'stderr']),
  text: z.string(),
  offset: z.number().int().describe('Where the text begins; later than asked when that is gone.'),
  next_offset: z.number().int(),
  size_bytes: z.number().int(),
})

export const commandOutput = tool({
  name: 'command_output',
  title: 'Output of a command',
  description:
    'Waits up to wait_s for a command that run_command left running, and gives how it stands with the head and the tail of its output. With "stream" it gives the text of that stream from "offset" on instead: go on with next_offset. The newest MiB of each stream is kept, until an hour after the end.',
  input: z.strictObject({
    command_id: commandId,
    wait_s: wait_s.default(20).describe('0: look only.'),
    stream: z.enum(['stdout', 'stderr']).optional(),
    offset: z.number().int().min(0).default(0).describe('In bytes, with "stream".'),
    max_output_bytes: z.number().int().min(200).max(MOST_BYTES).default(DEFAULT_BYTES),
  }),
  output: excerpt.extend({ piece: piece.nullable() }),
  annotations: READS,
  run: async (input, { signal, whileWaiting }) => {
    const { command_id, stream, offset, max_output_bytes } = input
    // What is there can be read while the command goes on.
    const wait_ms = stream ? 0 : input.wait_s * 1000
    const waited = waitForCommand({ command_id, wait_ms, signal })
    const command = await whileWaiting('The command runs', waited)
    if (!stream) {
      const { data, text } = outcomeOf(command, max_output_bytes)
      return { data: { ...data, piece: null }, text }
    }
    const { data } = outcomeOf(command, 0)
    const read = command[stream].read(offset, max_output_bytes)
    const size_bytes = command[stream].totalBytes
    const more = read.next_offset < size_bytes ? `; go on with offset ${read.next_offset}` : ''
    return {
      data: {
        ...{ ...data, stdout: '', stderr: '', truncated: false },
        piece: { stream, ...read, size_bytes },
      },
      text: `${headline(data)}\n[${stream}, bytes ${read.offset} to ${read.next_offset} of ${size_bytes}${more}]\n${read.text}`,
    }
  },
})

export const stopCommandTool = tool({
  name: 'stop_command',
  title: 'Stop a command',
  description:
    'Ends a command that run_command left running: TERM to all of its processes, KILL after 5 s. One that has ended stays as it is.',
  input: z.strictObject({ command_id: commandId }),
  output: excerpt,
  annotations: {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: true,
    openWorldHint: true,
  },
  audit: {
    action: 'stopCommand',
    subject: 'connection',
    // That it was ended is what was asked for.
    endOf: (data) => ({ ...told(data), outcome: 'ok', reference: data.machine }),
  },
  run: async (input) => outcomeOf(await stopCommand(input), DEFAULT_BYTES),
})

import { z } from 'zod'
import { argument, command, environment } from '../fields'
import { execResult } from '../ssh/schema'

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024
const DAY_MS = 86_400_000

export const execInput = z
  .strictObject({
    command: command.describe(
      'Text for the remote `sh`, or a list of arguments, each passed on as it is; with `env` at most about 120 KiB.',
    ),
    timeout_ms: z
      .number()
      .int()
      .min(1)
      .max(DAY_MS)
      .default(120_000)
      .describe('Then the remote process group is ended: TERM, KILL after 5 s.'),
    cwd: argument
      .min(1)
      .max(4096)
      .optional()
      .describe('Working directory; `~` is the remote home folder.'),
    env: environment.optional(),
    stdin: z.string().optional().describe("Text; without it the command's stdin is empty."),
    login_shell: z
      .boolean()
      .default(false)
      .describe("Runs the command by the user's login shell, so that their profile applies."),
    max_output_bytes: z
      .number()
      .int()
      .min(0)
      .max(MAX_OUTPUT_BYTES)
      .default(1024 * 1024)
      .describe(
        'Per stream; of more the head and the tail are kept, with a line that says how much is left out.',
      ),
  })
  .meta({
    id: 'ExecInput',
    examples: [
      { command: 'python train.py', cwd: '~/vit', env: { EPOCHS: '3' }, timeout_ms: 600000 },
    ],
  })

export type ExecInput = z.infer<typeof execInput>

const { code, signal, duration_ms, timed_out, stdout_bytes, stderr_bytes } = execResult.shape

/** What a streamed command says, in order: `start`, output, `exit`. */
export const execEvent = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('start') }),
    z.strictObject({ type: z.enum(['stdout', 'stderr']), data: z.string() }),
    z.strictObject({
      type: z.literal('exit'),
      code,
      signal,
      duration_ms,
      timed_out,
      stdout_bytes,
      stderr_bytes,
    }),
  ])
  .meta({ id: 'ExecEvent', examples: [{ type: 'stdout', data: 'epoch 1\n' }] })
export type ExecEvent = z.infer<typeof execEvent>

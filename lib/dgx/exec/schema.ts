import { z } from 'zod'
import { argument, command, environment } from '../fields'

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024
const DAY_MS = 86_400_000

export const execInput = z.strictObject({
  command,
  timeout_ms: z.number().int().min(1).max(DAY_MS).default(120_000),
  cwd: argument.min(1).max(4096).optional(),
  env: environment.optional(),
  stdin: z.string().optional(),
  login_shell: z.boolean().default(false),
  max_output_bytes: z
    .number()
    .int()
    .min(0)
    .max(MAX_OUTPUT_BYTES)
    .default(1024 * 1024),
})

export type ExecInput = z.infer<typeof execInput>

import { z } from 'zod'

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024
const DAY_MS = 86_400_000

const noNul = (value: string) => !value.includes('\0')
const NUL = 'must not contain a NUL character'

export const execInput = z.strictObject({
  command: z
    .string()
    .min(1, 'is empty')
    .refine((text) => text.trim() !== '', 'is empty')
    .refine(noNul, NUL),
  timeout_ms: z.number().int().min(1).max(DAY_MS).default(120_000),
  cwd: z.string().min(1).max(4096).refine(noNul, NUL).optional(),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of a variable'),
      z.string().refine(noNul, NUL),
    )
    .optional(),
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

import { z } from 'zod'
import { VIAS } from '../caller'
import { moment } from '../fields'

const ID = '3f0c2a5e-7d41-4b7e-9a55-1c2e8f60b9d4'

/** The safety settings of a machine, as they are answered. */
export const safetySettings = z
  .strictObject({
    connection_id: z.string(),
    read_only: z.boolean(),
    deny: z.array(z.string()),
    confirm: z.array(z.string()),
    confirm_timeout_s: z.number().int(),
  })
  .meta({
    id: 'Safety',
    examples: [
      {
        ...{ connection_id: ID, read_only: false, deny: ['\\bdocker\\b'] },
        ...{ confirm: ['^sudo\\s'], confirm_timeout_s: 120 },
      },
    ],
  })
export type SafetySettings = z.infer<typeof safetySettings>

/** Patterns that are ready to be taken over. */
export const safetyMeta = z.strictObject({
  presets: z.array(z.strictObject({ pattern: z.string(), description: z.string() })),
})

export const commandVerdict = z
  .strictObject({
    outcome: z.enum(['allowed', 'needs_confirmation', 'denied', 'read_only']),
    pattern: z.string().nullable().describe('The one that matches.'),
    message: z.string(),
  })
  .meta({
    id: 'CommandVerdict',
    examples: [{ outcome: 'denied', pattern: '\\bdocker\\b', message: 'dgx-1 would refuse it: …' }],
  })
export type CommandVerdict = z.infer<typeof commandVerdict>

/** A command that waits for a person. */
export const approval = z
  .strictObject({
    id: z.string(),
    machines: z
      .array(z.strictObject({ id: z.string(), name: z.string() }))
      .describe('Where it would run; one of them for a job that may run on several.'),
    action: z.enum(['command', 'job']),
    job_name: z.string().nullable(),
    command: z.string(),
    working_dir: z.string().nullable(),
    pattern: z.string().describe('The one that matches.'),
    rule: z.string().describe('What it is for, of one of the ready set; else the pattern.'),
    asked_by: z.strictObject({
      via: z.enum(VIAS),
      key_name: z.string().nullable(),
      client: z.string().nullable(),
    }),
    asked_at: moment,
    expires_at: moment,
  })
  .meta({
    id: 'Approval',
    examples: [
      {
        id: '7b1d1d5c-64a1-4f0a-9a8e-9f6b0a3c2d11',
        machines: [{ id: ID, name: 'dgx-1' }],
        ...{ action: 'command', job_name: null, command: 'sudo reboot', working_dir: null },
        pattern: '^sudo\\s',
        rule: '^sudo\\s',
        asked_by: { via: 'mcp', key_name: 'claude', client: 'claude-code' },
        asked_at: '2026-11-26T08:00:00.000Z',
        expires_at: '2026-11-26T08:02:00.000Z',
      },
    ],
  })
export type Approval = z.infer<typeof approval>

export const decidedApproval = approval
  .extend({ decision: z.enum(['allow', 'refuse']) })
  .meta({ id: 'DecidedApproval' })

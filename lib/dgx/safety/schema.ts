import { z } from 'zod'
import { command, ignoring, line } from '../fields'
import { patternProblem } from '../guarded-pattern'

const pattern = line(1000).superRefine((source, context) => {
  const problem = patternProblem(source)
  if (problem) context.addIssue({ code: 'custom', message: `is no pattern: ${problem}` })
})
const patterns = z.array(pattern).max(100, 'has more than 100 patterns')

const fields = {
  read_only: z.boolean().describe('No commands, terminals or new runs there; reading goes on.'),
  deny: patterns.describe('Regular expressions; a command that one of them matches is refused.'),
  confirm: patterns.describe('The same; such a command waits until a person allows it.'),
}

export const safetyUpdate = ignoring(
  ['connection_id'],
  z
    .strictObject({
      ...fields,
      confirm_timeout_s: z
        .number()
        .int()
        .min(5)
        .max(3600)
        .describe('How long a command waits for a person; then it is not run.'),
    })
    .partial(),
).meta({ id: 'SafetyUpdate', examples: [{ confirm: ['\\bdocker\\s+rm\\b'] }] })
export type SafetyUpdate = z.infer<typeof safetyUpdate>

export const commandCheck = z
  .strictObject({
    command,
    ...z.strictObject(fields).partial().shape,
  })
  .describe('With settings that are to be tried instead of the stored ones.')
  .meta({ id: 'CommandCheck', examples: [{ command: 'rm -rf /' }] })
export type CommandCheck = z.infer<typeof commandCheck>

export const approvalDecision = z
  .strictObject({ decision: z.enum(['allow', 'refuse']) })
  .meta({ id: 'ApprovalDecision', examples: [{ decision: 'refuse' }] })
export type Decision = z.infer<typeof approvalDecision>['decision']

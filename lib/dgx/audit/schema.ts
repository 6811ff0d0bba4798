import { z } from 'zod'
import { reference, searchText, time, words } from '../fields'
import { pageQuery } from '../pagination'

/** Who may have asked; `system` is the app itself. */
export const CALLERS = ['browser', 'api', 'cli', 'mcp', 'system'] as const

const word = z.string().regex(/^\w{1,60}$/, 'is no name of this kind')

export const auditQuery = pageQuery.extend({
  from: time.optional().describe('Only what was asked for then or later.'),
  to: time.optional().describe('Only what was asked for before.'),
  caller: words(z.enum(CALLERS)).optional(),
  key: z.string().min(1).max(200).optional().describe('The name of an API key.'),
  action: words(word).optional().describe('One operation, or several with commas between them.'),
  connection_id: reference.optional().describe('A machine by id or name, also one that is gone.'),
  target_id: reference
    .optional()
    .describe('A machine, project, job or key by id or name, also one that is gone.'),
  outcome: word.optional().describe('`ok`, `failed` for all else, or one code.'),
  q: searchText.optional().describe('A part of a command, a name or anything else that was sent.'),
  format: z.enum(['json', 'csv']).default('json'),
})
export type AuditQuery = z.infer<typeof auditQuery>

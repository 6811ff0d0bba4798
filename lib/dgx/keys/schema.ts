import { z } from 'zod'
import { SCOPES } from '../caller'
import { ignoring, line, queryFlag } from '../fields'
import { pageQuery } from '../pagination'

const fields = {
  name: line(100).describe('Unique, also among revoked keys: what is recorded names keys by it.'),
  scope: z
    .enum(SCOPES)
    .describe(
      '`read` looks; `run` also runs commands and jobs; `admin` also changes machines and keys.',
    ),
  rate_limit_per_minute: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .nullable()
    .describe('Most requests in a minute, which may come at once; null is no limit.'),
}

export const keyInput = z
  .strictObject({
    ...fields,
    scope: fields.scope.default('read'),
    rate_limit_per_minute: fields.rate_limit_per_minute.default(null),
  })
  .meta({ id: 'ApiKeyInput', examples: [{ name: 'claude', scope: 'run' }] })
export type KeyInput = z.infer<typeof keyInput>

export const keyUpdate = ignoring(
  ['id', 'prefix', 'created_at', 'updated_at', 'last_used_at', 'revoked_at'],
  z.strictObject(fields).partial(),
).meta({ id: 'ApiKeyUpdate', examples: [{ rate_limit_per_minute: 600 }] })
export type KeyUpdate = z.infer<typeof keyUpdate>

export const keyListQuery = pageQuery.extend({
  revoked: queryFlag.describe('Those that were revoked, too.'),
})
export type KeyListQuery = z.infer<typeof keyListQuery>

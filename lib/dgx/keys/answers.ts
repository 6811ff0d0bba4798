import { z } from 'zod'
import { SCOPES } from '../caller'
import { moment } from '../fields'

/** What is answered about API keys. */

const EXAMPLE = {
  id: '6d1f7c1e-90a4-4a35-8f0e-2b4bb1c7a1d3',
  name: 'claude',
  prefix: 'dgx_1f0a9c3e',
  scope: 'run',
  rate_limit_per_minute: null,
  created_at: '2026-11-26T08:00:00.000Z',
  updated_at: '2026-11-26T08:00:00.000Z',
  last_used_at: null,
  revoked_at: null,
}

export const apiKey = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    prefix: z.string().describe('How the key begins.'),
    scope: z.enum(SCOPES),
    rate_limit_per_minute: z.number().int().nullable(),
    created_at: moment,
    updated_at: moment,
    last_used_at: moment.nullable().describe('To the minute.'),
    revoked_at: moment.nullable(),
  })
  .meta({ id: 'ApiKey', examples: [EXAMPLE] })
export type ApiKey = z.infer<typeof apiKey>

export const newApiKey = apiKey
  .extend({ key: z.string().describe('What to send. It is never shown again.') })
  .meta({
    id: 'NewApiKey',
    examples: [{ ...EXAMPLE, key: `dgx_1f0a9c3e_${'0123456789abcdef'.repeat(4)}` }],
  })
export type NewApiKey = z.infer<typeof newApiKey>

export const newApiKeyMeta = z.strictObject({ notice: z.string() }).meta({ id: 'NewApiKeyMeta' })

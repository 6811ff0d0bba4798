import type { z } from 'zod'
import { handler, idParams, route } from '@/lib/api/handler'
import { decideApproval } from '@/lib/dgx'
import { decidedApproval } from '@/lib/dgx/safety/answers'
import { approvalDecision } from '@/lib/dgx/safety/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler(
    {
      id: 'decideApproval',
      summary: 'Let a command run, or not',
      description:
        'For a person in the browser only: API keys, the command line and agents get `person_required`. The first answer counts.',
      params: idParams,
      body: approvalDecision,
      returns: decidedApproval,
      audit: {
        subject: null,
        endOf: ({ machines, command, asked_by }: z.infer<typeof decidedApproval>) => ({
          more: { command, asked_by, machines: machines.map(({ name }) => name) },
        }),
      },
      errors: ['person_required', 'not_found'],
    },
    async ({ params, body, asker }) => decideApproval({ ...params, ...body, caller: asker.caller }),
  ),
})

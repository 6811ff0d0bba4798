import { z } from 'zod'
import { handler, route } from '@/lib/api/handler'
import { listApprovals } from '@/lib/dgx'
import { approval } from '@/lib/dgx/safety/answers'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'listApprovals',
      summary: 'Commands that wait for a person',
      description:
        'The oldest first. They are gone with their callers, and with a restart of the app.',
      returns: z.array(approval),
      table: { columns: ['asked_at', 'machines', 'command', 'pattern', 'expires_at', 'id'] },
    },
    async () => listApprovals(),
  ),
})

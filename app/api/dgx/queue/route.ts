import { z } from 'zod'
import { handler, route } from '@/lib/api/handler'
import { listQueue } from '@/lib/dgx'
import { queueEntry } from '@/lib/dgx/jobs/queue-answers'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'listQueue',
      summary: 'The jobs that wait, in the order of their turns',
      description: 'Those that wait to be started by hand come last.',
      returns: z.array(queueEntry),
      table: { columns: ['position', 'name', 'gpus', 'priority', 'queued_at', 'status_message'] },
    },
    () => listQueue(),
  ),
})

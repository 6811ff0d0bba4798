import { handler, route } from '@/lib/api/handler'
import { streamConnectionTest, testConnection } from '@/lib/dgx'
import { connectionTest, testEvent } from '@/lib/dgx/connections/answers'
import { connectionTestInput } from '@/lib/dgx/connections/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler(
    {
      id: 'testConnection',
      audit: { subject: null },
      summary: 'Test a connection step by step',
      scope: 'admin',
      description:
        'Saves and remembers nothing. The answer is a success even when a step failed; see `ok`. A failed step skips those after it.',
      body: connectionTestInput,
      returns: connectionTest,
      events: testEvent,
      errors: ['connection_not_found'],
    },
    ({ body, signal }) => testConnection({ ...body, signal }),
    ({ body, signal }) => streamConnectionTest({ ...body, signal }),
  ),
})

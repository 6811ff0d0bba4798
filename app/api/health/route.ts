import { handler, route } from '@/lib/api/handler'
import { getHealth } from '@/lib/dgx'
import { healthAnswer } from '@/lib/dgx/health'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'getHealth',
      summary: 'Whether the program works',
      description: 'Whether it and its database work; open without a key.',
      isOpen: true,
      returns: healthAnswer,
    },
    () => getHealth(),
  ),
})

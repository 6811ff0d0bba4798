import { handler, idParams, route } from '@/lib/api/handler'
import { checkSafety } from '@/lib/dgx'
import { commandVerdict } from '@/lib/dgx/safety/answers'
import { commandCheck } from '@/lib/dgx/safety/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler(
    {
      id: 'checkCommand',
      summary: 'What would become of a command',
      scope: 'read',
      description: 'Nothing is run, and nobody is asked.',
      params: idParams,
      body: commandCheck,
      returns: commandVerdict,
      errors: ['connection_not_found'],
    },
    ({ params, body }) => checkSafety({ ...params, check: body }),
  ),
})

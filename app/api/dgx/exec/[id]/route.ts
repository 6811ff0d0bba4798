import { handler, idParams, route } from '@/lib/api/handler'
import { executeCommand, streamCommand } from '@/lib/dgx'
import { MACHINE_ERRORS, SAFETY_ERRORS } from '@/lib/dgx/errors'
import { endOfCommand } from '@/lib/dgx/exec/audit'
import { execEvent, execInput } from '@/lib/dgx/exec/schema'
import { execResult } from '@/lib/dgx/ssh/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler(
    {
      id: 'executeCommand',
      audit: {
        subject: 'connection',
        endOf: endOfCommand,
        isWrittenBehind: true,
      },
      summary: 'Run a command',
      description:
        'A command that ran is a success whatever its exit code; one that its timeout ended, too. When the connection is lost in the middle the answer is `connection_lost` with the partial result in `data`; the command may still be running there. A caller that hangs up ends the remote process group. Commands wait for their turn, at most 60 s, then `too_busy`. For a stream `max_output_bytes` does not apply.',
      params: idParams,
      body: execInput,
      bodyLimitBytes: 16 * 1024 * 1024,
      returns: execResult,
      events: execEvent,
      errors: [...MACHINE_ERRORS, ...SAFETY_ERRORS],
    },
    ({ params, body, asker }) => executeCommand({ ...params, ...body, ...asker }),
    ({ params, body, asker }) => streamCommand({ ...params, ...body, ...asker }),
  ),
})

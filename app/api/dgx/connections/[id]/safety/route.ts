import { answer } from '@/lib/api/envelope'
import { handler, idParams, route } from '@/lib/api/handler'
import { getSafety, updateSafety } from '@/lib/dgx'
import { safetyMeta, safetySettings } from '@/lib/dgx/safety/answers'
import { PRESETS } from '@/lib/dgx/safety/presets'
import { safetyUpdate } from '@/lib/dgx/safety/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'getSafety',
      summary: 'What may be done on a machine',
      description:
        'Nothing is refused unless somebody said so. `meta.presets` are patterns that are ready to be taken over.',
      params: idParams,
      returns: safetySettings,
      meta: safetyMeta,
      errors: ['connection_not_found'],
    },
    async ({ params }) =>
      answer({ data: await getSafety(params), meta: { presets: [...PRESETS] } }),
  ),
  PUT: handler(
    {
      id: 'updateSafety',
      summary: 'Change what may be done on a machine',
      scope: 'admin',
      description:
        "Fields that are left out stay as they are. Patterns are JavaScript's regular expressions, with `^` and `$` for each line; they are tried on the command as it is and without its quotes and backslashes. They guard against accidents and are no sandbox: a shell can spell anything in many ways. `read_only` closes the machine's terminals; what runs goes on.",
      params: idParams,
      body: safetyUpdate,
      returns: safetySettings,
      audit: { subject: 'connection' },
      errors: ['connection_not_found'],
    },
    ({ params, body }) => updateSafety({ ...params, changes: body }),
  ),
})

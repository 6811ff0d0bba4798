import { z } from 'zod'
import { handler, route } from '@/lib/api/handler'
import { listHostsToImport } from '@/lib/dgx'
import { hostToImport } from '@/lib/dgx/connections/answers'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'listSshHosts',
      summary: 'List the hosts of your ssh configuration',
      description:
        'The first 200 that `~/.ssh/config` names, those with wildcards left out, to add as connections. Asks `ssh -G`, which runs the `Match exec` commands of that file.',
      returns: z.array(hostToImport),
    },
    () => listHostsToImport(),
  ),
})

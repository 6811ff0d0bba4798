import { handler, idParams, route } from '@/lib/api/handler'
import { logDownload } from '@/lib/api/logs'
import { logDownloadQuery } from '@/lib/dgx/jobs/logs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route(
  {
    GET: handler({ params: idParams, query: logDownloadQuery }, ({ params, ...input }) =>
      logDownload({ ...params, ...input }),
    ),
  },
  { isStream: true },
)

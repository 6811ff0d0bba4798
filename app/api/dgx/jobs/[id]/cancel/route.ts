import { handler, idParams, noBody, route } from '@/lib/api/handler'
import { cancelJob } from '@/lib/dgx'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler({ params: idParams, body: noBody }, ({ params }) => cancelJob(params)),
})

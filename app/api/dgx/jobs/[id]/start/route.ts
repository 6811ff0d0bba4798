import { handler, idParams, noBody, route } from '@/lib/api/handler'
import { startJob } from '@/lib/dgx'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  POST: handler({ params: idParams, body: noBody }, ({ params }) => startJob(params)),
})

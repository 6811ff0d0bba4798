import { handler, route } from '@/lib/api/handler'
import { listQueue } from '@/lib/dgx'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({}, () => listQueue()),
})

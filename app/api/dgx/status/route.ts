import { handler, route } from '@/lib/api/handler'
import { getFleetStatus } from '@/lib/dgx'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({}, () => getFleetStatus()),
})

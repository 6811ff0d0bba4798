import { handler, route } from '@/lib/api/handler'
import { describeApi, describeItself } from '../describe'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(describeItself, async () => Response.json(describeApi())),
})

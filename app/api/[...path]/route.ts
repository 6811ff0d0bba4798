import { failure } from '@/lib/api/envelope'
import { requestId } from '@/lib/api/request-id'
import { DgxError } from '@/lib/dgx/errors'

/** What no route answers: the same envelope as everywhere. */
async function notFound(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  const error = new DgxError(
    'not_found',
    `There is nothing at ${pathname.slice(0, 200)}. GET /api/dgx/openapi.json lists what there is.`,
  )
  return failure(error, requestId(request))
}

export {
  notFound as DELETE,
  notFound as GET,
  notFound as HEAD,
  notFound as OPTIONS,
  notFound as PATCH,
  notFound as POST,
  notFound as PUT,
}

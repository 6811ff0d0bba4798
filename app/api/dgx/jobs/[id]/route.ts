import { handler, idParams, route } from '@/lib/api/handler'
import { deleteJob, getJob, updateJob } from '@/lib/dgx'
import { jobDeleteQuery, jobUpdate } from '@/lib/dgx/jobs/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler({ params: idParams }, ({ params }) => getJob(params)),
  PUT: handler({ params: idParams, body: jobUpdate }, ({ params, body }) =>
    updateJob({ ...params, changes: body }),
  ),
  DELETE: handler({ params: idParams, query: jobDeleteQuery }, ({ params, query }) =>
    deleteJob({ ...params, ...query }),
  ),
})

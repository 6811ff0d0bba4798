import { handler, route } from '@/lib/api/handler'
import { getFleetStatus } from '@/lib/dgx'
import { fleetStatus } from '@/lib/dgx/connections/answers'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'getFleetStatus',
      summary: 'The status of every machine',
      returns: fleetStatus,
      table: {
        rows: 'connections',
        columns: ['name', 'status', 'connected_at', 'commands_waiting', 'last_error.message'],
      },
    },
    () => getFleetStatus(),
  ),
})

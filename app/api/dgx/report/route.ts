import { handler, route } from '@/lib/api/handler'
import { reportAnswer } from '@/lib/api/report'
import { getReport } from '@/lib/dgx'
import { report } from '@/lib/dgx/report/answers'
import { REPORT_COLUMNS } from '@/lib/dgx/report/csv'
import { reportQuery } from '@/lib/dgx/report/schema'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'getReport',
      summary: 'What GPUs, jobs and projects came to in a period',
      description:
        'Held is by the clock, from start to end of each run; the rest is of the time that was sampled, exact to the minute. A run that lies in one step of the period counts as it was accounted, reading by reading; of one that is cut by a step or by an edge of the period, each part counts as the roll-ups of its GPUs have it. With `project_id` all is of its runs: what others did with the GPUs is null. GPUs that were last seen before the period are left out, unless they were held in it.',
      query: reportQuery,
      returns: report,
      table: {
        rows: 'machines',
        columns: [
          'name',
          'gpus',
          'gpu_hours.sampled',
          'gpu_hours.busy',
          'gpu_hours.held',
          'gpu_hours.held_idle',
          'gpu_hours.other_busy',
          'gpu_hours.free',
          'gpu_utilization',
          'energy_kwh',
          'peak_temperature_c',
        ],
      },
      files: {
        'text/markdown': '# GPU report\n',
        'text/csv': `${REPORT_COLUMNS.join(',')}\r\n`,
      },
      errors: ['connection_not_found', 'project_not_found'],
    },
    async ({ query }) => reportAnswer(query.format, await getReport(query)),
  ),
})

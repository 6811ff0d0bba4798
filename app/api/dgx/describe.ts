import { openApi, type Section } from '@/lib/api/openapi'
import type { Operation } from '@/lib/api/operation'
import packageFile from '@/package.json'
import * as health from '../health/route'
import * as approval from './approvals/[id]/route'
import * as approvals from './approvals/route'
import * as audit from './audit/route'
import * as connect from './connect/[id]/route'
import * as contents from './connections/[id]/contents/route'
import * as connection from './connections/[id]/route'
import * as checkCommand from './connections/[id]/safety/check/route'
import * as safety from './connections/[id]/safety/route'
import * as trust from './connections/[id]/trust/route'
import * as reorder from './connections/reorder/route'
import * as connections from './connections/route'
import * as test from './connections/test/route'
import * as disconnect from './disconnect/[id]/route'
import * as exec from './exec/[id]/route'
import * as gpus from './gpus/route'
import * as guide from './guide.md/route'
import * as cancelJob from './jobs/[id]/cancel/route'
import * as cloneJob from './jobs/[id]/clone/route'
import * as jobLogDownload from './jobs/[id]/logs/download/route'
import * as jobLogs from './jobs/[id]/logs/route'
import * as jobLogSearch from './jobs/[id]/logs/search/route'
import * as jobMetrics from './jobs/[id]/metrics/route'
import * as jobSeries from './jobs/[id]/metrics/series/route'
import * as retryJob from './jobs/[id]/retry/route'
import * as job from './jobs/[id]/route'
import * as startJob from './jobs/[id]/start/route'
import * as waitForJob from './jobs/[id]/wait/route'
import * as jobs from './jobs/route'
import * as key from './keys/[id]/route'
import * as keys from './keys/route'
import * as live from './live/route'
import * as healthEvents from './metrics/[id]/health-events/route'
import * as history from './metrics/[id]/history/route'
import * as hostHistory from './metrics/[id]/host-history/route'
import * as metrics from './metrics/[id]/route'
import * as stream from './metrics/[id]/stream/route'
import * as project from './projects/[id]/route'
import * as projects from './projects/route'
import * as queue from './queue/route'
import * as report from './report/route'
import { callMcp, logIn, logOut } from './server-operations'
import * as sshHosts from './ssh-hosts/route'
import * as status from './status/[id]/route'
import * as fleet from './status/route'

/** Of the description; its own route cannot be imported here. */
export const describeItself = {
  id: 'describeApi',
  summary: 'This description',
  files: { 'application/json': { openapi: '3.1.0' } },
} satisfies Operation

/** Every route there is, in the order of the document. */
const SECTIONS: readonly Section[] = [
  {
    name: 'Connections',
    description: 'The records of machines.',
    exampleId: 'dgx-1',
    routes: {
      '/api/dgx/connections': connections,
      '/api/dgx/connections/{id}': connection,
      '/api/dgx/connections/{id}/contents': contents,
      '/api/dgx/connections/reorder': reorder,
      '/api/dgx/connections/test': test,
      '/api/dgx/connections/{id}/trust': trust,
      '/api/dgx/ssh-hosts': sshHosts,
    },
  },
  {
    name: 'Control',
    description: 'Whether machines are connected, and connecting them.',
    exampleId: 'dgx-1',
    routes: {
      '/api/dgx/connect/{id}': connect,
      '/api/dgx/disconnect/{id}': disconnect,
      '/api/dgx/status': fleet,
      '/api/dgx/status/{id}': status,
    },
  },
  {
    name: 'Commands',
    description: 'Running commands on a machine.',
    exampleId: 'dgx-1',
    routes: { '/api/dgx/exec/{id}': exec },
  },
  {
    name: 'Safety',
    description: 'What may be done on a machine, and commands that wait for a person.',
    exampleId: 'dgx-1',
    routes: {
      '/api/dgx/connections/{id}/safety': safety,
      '/api/dgx/connections/{id}/safety/check': checkCommand,
      '/api/dgx/approvals': approvals,
      '/api/dgx/approvals/{id}': approval,
    },
  },
  {
    name: 'Metrics',
    description: 'What GPUs and machines do and did. Unknown is null, never 0.',
    exampleId: 'dgx-1',
    routes: {
      '/api/dgx/metrics/{id}': metrics,
      '/api/dgx/metrics/{id}/history': history,
      '/api/dgx/metrics/{id}/host-history': hostHistory,
      '/api/dgx/metrics/{id}/health-events': healthEvents,
      '/api/dgx/metrics/{id}/stream': stream,
      '/api/dgx/live': live,
    },
  },
  {
    name: 'Projects',
    description: 'What jobs belong to.',
    exampleId: 'vit',
    routes: { '/api/dgx/projects': projects, '/api/dgx/projects/{id}': project },
  },
  {
    name: 'Jobs',
    description:
      'Training jobs: what runs, what waits for which GPUs, and what is tracked by hand.',
    exampleId: 'Experiment 1',
    routes: {
      '/api/dgx/jobs': jobs,
      '/api/dgx/jobs/{id}': job,
      '/api/dgx/jobs/{id}/logs': jobLogs,
      '/api/dgx/jobs/{id}/logs/search': jobLogSearch,
      '/api/dgx/jobs/{id}/logs/download': jobLogDownload,
      '/api/dgx/jobs/{id}/start': startJob,
      '/api/dgx/jobs/{id}/cancel': cancelJob,
      '/api/dgx/jobs/{id}/retry': retryJob,
      '/api/dgx/jobs/{id}/clone': cloneJob,
      '/api/dgx/jobs/{id}/wait': waitForJob,
      '/api/dgx/queue': queue,
      '/api/dgx/gpus': gpus,
      '/api/dgx/jobs/{id}/metrics': jobMetrics,
      '/api/dgx/jobs/{id}/metrics/series': jobSeries,
    },
  },
  {
    name: 'Keys',
    description: 'Named API keys, for programs and agents: what each may do, and how often.',
    exampleId: 'claude',
    routes: { '/api/dgx/keys': keys, '/api/dgx/keys/{id}': key },
  },
  {
    name: 'Report',
    description: 'What the fleet came to in a period. Unknown is null, never 0.',
    exampleId: 'dgx-1',
    routes: { '/api/dgx/report': report },
  },
  {
    name: 'Program',
    description: 'The program itself.',
    routes: {
      '/api/dgx/audit': audit,
      '/api/health': health,
      '/api/login': { POST: { operation: logIn } },
      '/api/logout': { POST: { operation: logOut } },
      '/mcp': { POST: { operation: callMcp } },
      '/api/dgx/guide.md': guide,
      '/api/dgx/openapi.json': { GET: { operation: describeItself } },
    },
  },
]

const DESCRIPTION = `One engine behind a browser, curl and agents.

- Every answer is JSON in an envelope: \`{"success": true, "data": ..., "meta": ...}\`, or
  \`{"success": false, "error": ..., "code": ..., "request_id": ...}\`. Test by \`code\`.
- \`{id}\` takes an id or an exact name; ids win. A name that several records have is \`ambiguous_name\`.
- What is not known is null, never 0. Times are UTC (ISO 8601, \`Z\`).
- Unknown fields and query parameters are an error that names them. Clients must ignore fields of answers that
  they do not know.
- Lists are pages: \`limit\`, and \`meta.next_cursor\` as the \`cursor\` of the next one.
- Every GET has a HEAD. A method that is not possible is \`method_not_allowed\` with \`Allow\`.
- A POST may carry \`Idempotency-Key\`.
- A read takes \`?fields=\`, \`If-None-Match\` and, for a table of text, \`Accept: text/plain\`; a PUT or DELETE
  takes \`If-Match\` with the ETag of the GET of its address.
- With \`API_SERVER_KEY\` set, send it as \`X-API-Key\` or as a bearer token, or a named key (see Keys). The
  \`security\` of an operation has the scope that a named key needs: \`read\`, \`run\` or \`admin\`.

Two WebSockets are beside it: \`/api/dgx/live\` takes \`{"type": "subscribe", "topics": ["metrics"]}\` and sends the
events of \`GET /api/dgx/live\`; \`/api/dgx/terminal/{id}?cols=80&rows=24\` is a login shell whose bytes are binary
messages, with \`resize\` and \`ack\` as JSON texts, answered by \`ready\`, \`exit\` or \`error\`. A named key needs the scope
\`read\` for the first and \`run\` for the second.`

const DOCUMENT = openApi({
  version: packageFile.version,
  description: DESCRIPTION,
  sections: SECTIONS,
})

/** The description of the API, as OpenAPI 3.1. */
export const describeApi = () => DOCUMENT

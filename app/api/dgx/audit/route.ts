import { z } from 'zod'
import { auditAnswer } from '@/lib/api/audit-file'
import { handler, route } from '@/lib/api/handler'
import { listAudit } from '@/lib/dgx'
import { AUDIT_COLUMNS, auditEntry } from '@/lib/dgx/audit/answers'
import { auditQuery } from '@/lib/dgx/audit/schema'
import { pageMeta } from '@/lib/dgx/pagination'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'listAudit',
      summary: 'Who did what',
      description:
        'Every command, connect, terminal, action on a job and change of a record, the newest first, also ' +
        'what was refused. Entries are never changed, and outlive what they are about. What they name is as it was then.',
      query: auditQuery,
      returns: z.array(auditEntry),
      meta: pageMeta,
      table: {
        columns: [
          'at',
          'caller_via',
          'key_name',
          'action',
          'connection_name',
          'target_name',
          'outcome',
          'exit_code',
          'duration_ms',
        ],
      },
      files: { 'text/csv': `${AUDIT_COLUMNS.join(',')}\r\n` },
    },
    async ({ query: { format, ...query } }) => auditAnswer(format, await listAudit(query)),
  ),
})

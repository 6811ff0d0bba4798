import type { Prisma } from '../../db/generated/client'
import { type NewEntry, NO_SUBJECT } from '../audit/log'

/** What an entry needs to know of a job. */
export const AUDITED = {
  ...{ id: true, name: true, connection_id: true },
  connection: { select: { name: true } },
} as const satisfies Prisma.JobSelect

type AuditedJob = Prisma.JobGetPayload<{ select: typeof AUDITED }>

/** What the app did to a job by itself: `jobStarted`, `jobEnded` or `jobRetried`. */
export function jobEntry(
  job: AuditedJob,
  action: string,
  more: Partial<Pick<NewEntry, 'detail' | 'outcome' | 'exit_code' | 'duration_ms'>>,
): NewEntry {
  const { id, name, connection_id, connection } = job
  return {
    at: new Date(),
    ...{ caller_via: 'system', key_name: null, client: null, request_id: null, action },
    ...NO_SUBJECT,
    ...{ connection_id, connection_name: connection?.name ?? null },
    ...{ target_type: 'job', target_id: id, target_name: name },
    ...{ detail: null, outcome: 'ok', exit_code: null, duration_ms: null },
    ...more,
  }
}

import { readConfig } from '../../config.mjs'
import { database } from '../../db/client'
import { getConnectionRecord } from '../connections/records'
import { getProjectRecord } from '../projects/records'
import type { Report } from './answers'
import { makeReport } from './report'
import { DEFAULT_HOURS, type ReportQuery } from './schema'

const HOUR_MS = 3_600_000

/**
 * What the GPUs did in a period, who held them, and what came of it; see `makeReport`.
 * @throws DgxError connection_not_found, project_not_found, ambiguous_name
 */
export async function getReport(query: Omit<ReportQuery, 'format'>): Promise<Report> {
  const { connection_id, project_id, hours = DEFAULT_HOURS } = query
  const now = Date.now()
  const to = Math.min(query.to?.getTime() ?? now, now)
  return makeReport({
    database: database(),
    from: query.from?.getTime() ?? Math.round(to - hours * HOUR_MS),
    to,
    connectionId: connection_id ? (await getConnectionRecord({ id: connection_id })).id : null,
    projectId: project_id ? (await getProjectRecord({ id: project_id })).id : null,
    retention: readConfig(process.env).retention,
    now,
  })
}

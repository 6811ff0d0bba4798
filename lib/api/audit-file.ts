import { AUDIT_COLUMNS, type AuditEntry } from '../dgx/audit/answers'
import { csvOf } from '../dgx/csv'
import type { Page } from '../dgx/pagination'
import { page } from './envelope'
import { csvFile } from './text-file'

/** A page of the audit trail as rows with `meta`, or as CSV to save. */
export function auditAnswer(format: 'json' | 'csv', entries: Page<AuditEntry>) {
  if (format === 'json') return page(entries)
  const rows = entries.items.map((entry) => ({
    ...entry,
    detail: entry.detail && JSON.stringify(entry.detail),
  }))
  return csvFile('audit.csv', csvOf(AUDIT_COLUMNS, rows))
}

import { ScrollText } from 'lucide-react'
import type { Metadata, Route } from 'next'
import Link from 'next/link'
import { AuditFilterBar } from '@/components/audit/audit-filter-bar'
import {
  type AuditFilters,
  isAuditFiltered,
  KINDS,
  readAuditFilters,
  SPANS,
  writeAuditFilters,
} from '@/components/audit/audit-filters'
import { AuditList } from '@/components/audit/audit-list'
import { NothingMatches } from '@/components/jobs/nothing-matches'
import { ListPages } from '@/components/list-pages'
import { CopyCurl } from '@/components/machines/copy-curl'
import { buttonClass } from '@/components/ui/button'
import { Card, PageHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { listAudit, listConnections } from '@/lib/dgx'
import { isDgxError } from '@/lib/dgx/errors'

export const metadata: Metadata = { title: 'Audit' }

const PAGE = 50
const HOUR_MS = 3_600_000

export default async function AuditPage({ searchParams }: PageProps<'/audit'>) {
  const filters = readAuditFilters(await searchParams)
  const [{ items: entries, total, next_cursor }, { items: machines }] = await Promise.all([
    entriesOf(filters),
    listConnections({ limit: 1000, sort: 'position' }),
  ])
  const isEmpty = total === 0 && !isAuditFiltered(filters)
  return (
    <>
      <PageHeader title="Audit" note="Who did what, where, and how it went. Secrets are left out.">
        <span className="max-sm:hidden">
          <CopyCurl path="audit" what="audit trail" />
        </span>
      </PageHeader>
      {isEmpty ? (
        <EmptyState title="Nothing was done yet" icon={<ScrollText />}>
          <p>
            Each command, connect, terminal, action on a job and change of a record has an entry
            here, from whichever side it came: this page, curl, the command line or an agent.
          </p>
        </EmptyState>
      ) : (
        <>
          <AuditFilterBar
            filters={filters}
            machines={machines.map(({ id, name }) => ({ id, name }))}
          />
          {filters.target_id && <OnlyTarget filters={filters} name={entries[0]?.target_name} />}
          {entries.length === 0 ? (
            <NothingMatches noun="entry" pathname="/audit" />
          ) : (
            <Card flush>
              <AuditList entries={entries} />
            </Card>
          )}
          {total > 0 && (
            <ListPages
              noun={['entry', 'entries']}
              href={(cursor) => `/audit${writeAuditFilters({ ...filters, cursor })}`}
              cursor={filters.cursor}
              nextCursor={next_cursor}
              shown={entries.length}
              total={total}
            />
          )}
        </>
      )}
    </>
  )
}

/** What a link from a job's own page narrows it to. */
function OnlyTarget({
  filters,
  name,
}: {
  filters: AuditFilters
  name?: string | null | undefined
}) {
  const all = `/audit${writeAuditFilters({ ...filters, target_id: '', cursor: '' })}` as Route
  return (
    <p className="flex flex-wrap items-center gap-3">
      <span className="break-words">
        Only what is about <span className="font-medium">{name ?? filters.target_id}</span>
      </span>
      <Link href={all} className={buttonClass()}>
        Show everything
      </Link>
    </p>
  )
}

/** An address may be old: a cursor that no longer fits starts again. */
async function entriesOf(filters: AuditFilters): ReturnType<typeof listAudit> {
  const { q, caller, connection_id, target_id, outcome, cursor } = filters
  const actions = KINDS.find(({ key }) => key === filters.kind)?.actions ?? []
  const hours = SPANS.find(({ key }) => key === filters.since)?.hours
  const query = {
    limit: PAGE,
    ...(q ? { q } : {}),
    ...(caller ? { caller: [caller] } : {}),
    ...(actions.length > 0 ? { action: [...actions] } : {}),
    ...(connection_id ? { connection_id } : {}),
    ...(target_id ? { target_id } : {}),
    ...(outcome ? { outcome } : {}),
    ...(hours ? { from: new Date(Date.now() - hours * HOUR_MS) } : {}),
  }
  try {
    return await listAudit(cursor ? { ...query, cursor } : query)
  } catch (error) {
    if (!isDgxError(error) || error.code !== 'invalid_request') throw error
    return listAudit(query)
  }
}

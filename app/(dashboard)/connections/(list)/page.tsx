import type { Metadata } from 'next'
import Link from 'next/link'
import { AutoRefresh } from '@/components/auto-refresh'
import { AddMachine } from '@/components/connections/add-machine'
import { ConnectionActions } from '@/components/connections/connection-actions'
import { PageHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ConnectionStatus } from '@/components/ui/status'
import { TimeAgo } from '@/components/ui/time'
import { listConnections } from '@/lib/dgx'

export const metadata: Metadata = { title: 'Machines' }

export default async function ConnectionsPage({ searchParams }: PageProps<'/connections'>) {
  const { add } = await searchParams
  const { items: connections } = await listConnections({ limit: 1000, sort: 'position' })
  return (
    <>
      <AutoRefresh everyMs={5_000} />
      <PageHeader title="Machines">
        <AddMachine key={String(add)} isOpenAtFirst={add === '1'} />
      </PageHeader>
      {connections.length === 0 && (
        <EmptyState title="No machine yet">
          <p>
            A machine is anything you reach by SSH that has an NVIDIA GPU. Add one by hand, or
            import it from your ssh configuration; the form can test it before anything is saved.
          </p>
        </EmptyState>
      )}
      <ul className="flex flex-col gap-3">
        {connections.map((connection) => (
          <li
            key={connection.id}
            className="flex flex-wrap items-start justify-between gap-3 rounded-lg border border-line bg-raised p-4"
          >
            <div className="min-w-0 flex-1 basis-64">
              <div className="flex flex-wrap items-center gap-x-3">
                <Link
                  href={`/connections/${connection.id}`}
                  className="font-semibold text-base hover:underline"
                >
                  {connection.name}
                </Link>
                <ConnectionStatus status={connection.status} />
              </div>
              <p className="break-all text-soft">
                {connection.username}@{connection.hostname}
                {connection.port === 22 ? '' : `:${connection.port}`}
              </p>
              <p className="text-soft text-xs">
                Last connected:{' '}
                {connection.last_connected_at ? (
                  <TimeAgo at={connection.last_connected_at} />
                ) : (
                  'never'
                )}
              </p>
              {connection.last_error && (
                <p className="mt-1 max-w-prose break-words text-bad text-xs">
                  {connection.last_error.message}
                </p>
              )}
            </div>
            <ConnectionActions connection={connection} />
          </li>
        ))}
      </ul>
    </>
  )
}

import { Lock, Unplug } from 'lucide-react'
import type { Metadata, Route } from 'next'
import Link from 'next/link'
import { TerminalTabs } from '@/components/terminal/terminal-tabs'
import { buttonClass } from '@/components/ui/button'
import { PageHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ConnectionStatus } from '@/components/ui/status'
import { connectionNamed } from '../../../named'

export async function generateMetadata({
  params,
}: PageProps<'/connections/[id]/terminal'>): Promise<Metadata> {
  const { id } = await params
  return { title: `Terminal on ${(await connectionNamed(id)).name}` }
}

export default async function TerminalPage({ params }: PageProps<'/connections/[id]/terminal'>) {
  const { id } = await params
  const connection = await connectionNamed(id)
  const machinePage = `/connections/${connection.id}` as const
  return (
    <>
      <PageHeader
        trail={[
          { href: '/connections', text: 'Machines' },
          { href: machinePage as Route, text: connection.name },
        ]}
        title={`Terminal on ${connection.name}`}
        note={
          <span className="flex flex-wrap items-center gap-x-3">
            <ConnectionStatus status={connection.status} />
            <span className="break-all">
              {connection.username}@{connection.hostname}
            </span>
          </span>
        }
      >
        <Link href={machinePage} className={buttonClass()}>
          Back to the machine
        </Link>
      </PageHeader>
      <TerminalTabs
        key={connection.id}
        connectionId={connection.id}
        machine={connection.name}
        isConnected={connection.status === 'connected' && !connection.read_only}
      >
        {connection.read_only ? (
          <EmptyState title="Read-only" icon={<Lock />}>
            <p>
              By its safety settings nothing may be changed on {connection.name}, and a terminal
              could change anything.
            </p>
            <Link href={`${machinePage}/safety`} className={buttonClass('primary')}>
              Go to its safety settings
            </Link>
          </EmptyState>
        ) : (
          <EmptyState title="Not connected" icon={<Unplug />}>
            <p>
              {connection.last_error?.message ??
                `A terminal needs a connection. Connect ${connection.name} first; the terminal then opens here by itself.`}
            </p>
            <Link href={machinePage} className={buttonClass('primary')}>
              Go and connect it
            </Link>
          </EmptyState>
        )}
      </TerminalTabs>
    </>
  )
}

import { Server } from 'lucide-react'
import type { Metadata } from 'next'
import { AddMachine, AddMachineDialogs } from '@/components/connections/add-machine'
import { MachineLines } from '@/components/connections/machine-lines'
import { PageHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { latestMetrics, listConnections } from '@/lib/dgx'

export const metadata: Metadata = { title: 'Machines' }

export default async function ConnectionsPage() {
  const { items: connections } = await listConnections({ limit: 1000, sort: 'position' })
  return (
    <AddMachineDialogs>
      <PageHeader title="Machines">{connections.length > 0 && <AddMachine />}</PageHeader>
      {connections.length === 0 ? (
        <EmptyState title="No machine yet" icon={<Server />}>
          <p>
            A machine is anything you reach by SSH that has an NVIDIA GPU. Add one by hand, or
            several at once from your ssh configuration. Nothing is installed there, and the form
            can test everything before it is saved.
          </p>
          <div className="flex flex-wrap gap-2">
            <AddMachine />
          </div>
        </EmptyState>
      ) : (
        <MachineLines
          machines={connections.map((connection) => ({
            connection,
            metrics: latestMetrics({ id: connection.id }),
          }))}
        />
      )}
    </AddMachineDialogs>
  )
}

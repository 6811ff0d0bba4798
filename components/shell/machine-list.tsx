'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import type { ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import { useConnection } from '../live/use-live'
import { cn } from '../ui/cn'
import { StatusDot } from './status-dot'

export type ListedMachine = Pick<ConnectionWithStatus, 'id' | 'name' | 'status' | 'last_error'>

/** Every machine with its state, always in sight. */
export function MachineList({ machines }: { machines: ListedMachine[] }) {
  const pathname = usePathname()
  return (
    <ul className="flex flex-col gap-px">
      {machines.map((machine) => (
        <MachineLink
          key={machine.id}
          machine={machine}
          isHere={
            pathname.startsWith(`/connections/${machine.id}`) ||
            pathname.startsWith(`/connections/${encodeURIComponent(machine.name)}`)
          }
        />
      ))}
    </ul>
  )
}

function MachineLink({ machine, isHere }: { machine: ListedMachine; isHere: boolean }) {
  const { status, last_error } = useConnection(machine.id, machine)
  return (
    <li>
      <Link
        href={`/connections/${machine.id}`}
        title={last_error?.message ?? `${machine.name}: ${status}`}
        aria-current={isHere ? 'page' : undefined}
        className={cn(
          'flex items-center gap-2.5 rounded-md px-2.5 py-1.5 hover:bg-sunken',
          isHere ? 'bg-sunken font-medium text-ink' : 'text-soft hover:text-ink',
        )}
      >
        <StatusDot status={status} />
        <span className="min-w-0 truncate">{machine.name}</span>
      </Link>
    </li>
  )
}

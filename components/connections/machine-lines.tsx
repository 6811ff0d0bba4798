'use client'

import type { ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import type { Metrics } from '@/lib/dgx/gpu/types'
import { useTopic } from '../live/use-live'
import { MachineLine } from './machine-line'
import { useReorder } from './use-reorder'

export type ListedMachine = { connection: ConnectionWithStatus; metrics: Metrics | null }

/** Every machine in the user's own order, which can be changed here. */
export function MachineLines({ machines }: { machines: readonly ListedMachine[] }) {
  useTopic('metrics')
  const items = machines.map((machine) => ({
    id: machine.connection.id,
    name: machine.connection.name,
    machine,
  }))
  const { shown, list, move, handle, shiftOf, isDragged, isDragging, said } = useReorder(items)
  return (
    <>
      <ul
        ref={list}
        aria-label="Machines"
        className="divide-y divide-line overflow-clip rounded-lg border border-line bg-raised shadow-sm"
      >
        {shown.map(({ id, machine }, index) => (
          <MachineLine
            key={id}
            machine={machine}
            index={index}
            count={shown.length}
            handle={handle(index)}
            onMove={(to) => void move(index, to)}
            shift={shiftOf(index)}
            isDragged={isDragged(index)}
            isDragging={isDragging}
          />
        ))}
      </ul>
      <p role="status" className="sr-only">
        {said}
      </p>
    </>
  )
}

'use client'

import { useEffect, useState } from 'react'
import { liveStore } from '../live/live-store'
import { useTopic } from '../live/use-live'
import type { MachineNow } from './fleet-order'

/** Cards follow each sample; totals and order are calmer to look at. */
const EVERY_MS = 2_000

/** All machines with the newest that is known, read together every two seconds. */
export function useFleet<T extends MachineNow>(first: readonly T[]): readonly T[] {
  useTopic('metrics')
  const [tick, setTick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  // The first drawing must be the server's own.
  return tick === 0 ? first : first.map(withNow)
}

function withNow<T extends MachineNow>(machine: T): T {
  const { id } = machine.connection
  const store = liveStore()
  const state = store.connection(id)
  const { metrics } = store.machine(id)
  return {
    ...machine,
    connection: state ? { ...machine.connection, status: state.status } : machine.connection,
    metrics: metrics ?? machine.metrics,
  }
}

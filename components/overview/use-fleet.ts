'use client'

import { useEffect, useState } from 'react'
import { liveStore } from '../live/live-store'
import { useTopic } from '../live/use-live'
import type { MachineNow } from './fleet-order'

/** A machine now, and as the page was drawn with it: what its card goes on from by itself. */
type FleetNow<T> = MachineNow & { first: T }

/** Cards follow each sample; totals and order are calmer to look at. */
const EVERY_MS = 2_000

/** All machines with the newest that is known of them, read together every two seconds. */
export function useFleet<T extends MachineNow>(first: readonly T[]): readonly FleetNow<T>[] {
  useTopic('metrics')
  const [tick, setTick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  // The first drawing must be the server's own.
  return first.map((machine) => (tick === 0 ? { ...machine, first: machine } : withNow(machine)))
}

function withNow<T extends MachineNow>(first: T): FleetNow<T> {
  const { id } = first.connection
  const store = liveStore()
  const state = store.connection(id)
  const { metrics } = store.machine(id)
  return {
    connection: state ? { ...first.connection, status: state.status } : first.connection,
    metrics: metrics ?? first.metrics,
    first,
  }
}

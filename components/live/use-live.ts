'use client'

import { useCallback, useEffect, useSyncExternalStore } from 'react'
import type { Metrics } from '@/lib/dgx/gpu/types'
import type { ConnectionEvent, Topic } from '@/lib/dgx/live/events'
import type { RecentSample } from '@/lib/recent-sample'
import type { ServerState } from './live-socket'
import { liveStore } from './live-store'

/** Keeps a topic coming while the component is there. */
export function useTopic(topic: Topic): void {
  useEffect(() => liveStore().join(topic), [topic])
}

const NOBODY = () => {}

/** @param isWatched false where a change need not be drawn */
export function useLive<T>(key: string, read: () => T, first: T, isWatched = true): T {
  const listen = useCallback(
    (listener: () => void) => (isWatched ? liveStore().listen(key, listener) : NOBODY),
    [key, isWatched],
  )
  return useSyncExternalStore(listen, read, () => first)
}

/** The newest metrics; what the server drew the page with until a newer sample comes. */
export function useMetrics(
  connectionId: string,
  first: Metrics | null,
  isWatched = true,
): Metrics | null {
  const live = useLive(
    `machine ${connectionId}`,
    () => liveStore().machine(connectionId).metrics,
    null,
    isWatched,
  )
  return live && live.recorded_at >= (first?.recorded_at ?? '') ? live : first
}

/** The last samples, oldest first; `first` is where the page begins. */
export function useSamples(
  connectionId: string,
  first: readonly RecentSample[],
  isWatched = true,
): readonly RecentSample[] {
  useEffect(() => liveStore().seed(connectionId, first), [connectionId, first])
  const samples = useLive<readonly RecentSample[]>(
    `machine ${connectionId}`,
    () => liveStore().machine(connectionId).samples,
    first,
    isWatched,
  )
  return samples.length === 0 ? first : samples
}

export type ConnectionNow = Pick<ConnectionEvent, 'status' | 'last_error'>

/** The state of a connection; what the page was drawn with until something is heard. */
export function useConnection(connectionId: string, first: ConnectionNow): ConnectionNow {
  return (
    useLive(`connection ${connectionId}`, () => liveStore().connection(connectionId), null) ?? first
  )
}

/** The state of the line to this program. */
export function useServerState(): ServerState {
  return useLive<ServerState>('server', () => liveStore().serverState, 'connecting')
}

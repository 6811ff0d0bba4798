'use client'

import { CloudOff, PauseCircle, Radio, RefreshCw } from 'lucide-react'
import { liveStore } from '../live/live-store'
import { useServerState, useTopic } from '../live/use-live'
import { cn } from '../ui/cn'

const LOOKS = {
  live: { icon: Radio, text: 'Live', className: 'text-good' },
  connecting: { icon: RefreshCw, text: 'Connecting', className: 'text-soft' },
  reconnecting: { icon: CloudOff, text: 'Reconnecting', className: 'text-warn' },
  paused: { icon: PauseCircle, text: 'Paused', className: 'text-soft' },
} as const

/** Whether this page hears from the program, and since when not. */
export function ServerIndicator() {
  // The sidebar's machines are on every page, so their states are always asked for.
  useTopic('connections')
  const state = useServerState()
  const { icon: Icon, text, className } = LOOKS[state]
  const heardAt = state === 'reconnecting' ? liveStore().socket.heardAt : 0
  return (
    <p role="status" className={cn('flex items-center gap-1.5 text-xs', className)}>
      <Icon aria-hidden="true" className="size-3.5 shrink-0" />
      <span>
        {text}
        {heardAt > 0 && (
          <>
            {', '}
            <span className="whitespace-nowrap">
              stale since {new Date(heardAt).toLocaleTimeString()}
            </span>
          </>
        )}
      </span>
    </p>
  )
}

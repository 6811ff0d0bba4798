'use client'

import { useEffect, useState } from 'react'
import { liveStore } from './live-store'

/** The server's clock, ms since 1970, read again every so often; null in the server's own drawing. */
export function useNow(everyMs: number): number | null {
  const [now, setNow] = useState<number | null>(null)
  useEffect(() => {
    const read = () => setNow(liveStore().socket.now())
    read()
    const timer = setInterval(read, everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

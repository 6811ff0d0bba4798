'use client'

import { useEffect, useState } from 'react'
import { between } from '../format'

const TICK_MS = 5_000

/** The time between two instants; while the second is not there it goes on. */
export function Elapsed({
  from,
  to,
  now: first,
}: {
  from: string | null
  to: string | null
  /** The server's clock when it drew the page, ms since 1970. */
  now: number
}) {
  const [now, setNow] = useState(first)
  const isRunning = from !== null && to === null
  useEffect(() => {
    if (!isRunning) return
    // The reader's clock may be wrong; only its pace is used.
    const ahead = Date.now() - first
    const timer = setInterval(() => setNow(Date.now() - ahead), TICK_MS)
    return () => clearInterval(timer)
  }, [isRunning, first])
  return between(from, to, now)
}

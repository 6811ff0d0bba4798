'use client'

import { useEffect, useState } from 'react'

/** Seconds since the start, for the eyes only: a screen reader would read each of them out. */
export function RunningTime({ since }: { since: number }) {
  const [now, setNow] = useState(since)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return <span aria-hidden="true">{Math.floor(Math.max(0, now - since) / 1000)} s</span>
}

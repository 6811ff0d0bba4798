'use client'

import { useEffect, useState } from 'react'
import { duration, UNKNOWN } from '../format'

/** How long ago, with the exact local time on hover. */
export function TimeAgo({ at }: { at: string | null }) {
  const [now, setNow] = useState<number | null>(null)
  useEffect(() => {
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 10_000)
    return () => clearInterval(timer)
  }, [])
  if (!at) return UNKNOWN
  // The server does not know the reader's clock or zone.
  if (now === null) return <time dateTime={at}>{at.slice(0, 16).replace('T', ' ')} UTC</time>
  const seconds = Math.max(0, (now - Date.parse(at)) / 1000)
  return (
    <time dateTime={at} className="tabular-nums" title={new Date(at).toLocaleString()}>
      {seconds < 5 ? 'just now' : `${duration(seconds)} ago`}
    </time>
  )
}

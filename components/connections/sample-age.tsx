'use client'

import { duration } from '../format'
import { useNow } from '../live/use-now'

/** How old the newest sample is, by the server's clock. */
export function SampleAge({ at, isStale }: { at: string; isStale: boolean }) {
  const now = useNow(1_000)
  const age = now === null ? null : Math.max(0, now - Date.parse(at)) / 1000
  return (
    <span className={isStale ? 'font-medium text-warn' : 'tabular-nums'}>
      {isStale ? 'Old values: sampled ' : 'Sampled '}
      {age === null ? 'lately' : age < 1 ? 'just now' : `${duration(age)} ago`}
    </span>
  )
}

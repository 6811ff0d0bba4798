'use client'

import { useEffect, useState } from 'react'
import type { HealthEvent } from '@/lib/dgx/gpu/answers'
import { callApi } from '../api'
import { Button } from '../ui/button'
import { Status } from '../ui/status'
import { TimeAgo } from '../ui/time'
import { HEALTH_TONE } from './gpu-summary'
import { healthChanges } from './health-changes'

/** Health is damped: a change is written some samples after it shows. */
const LOOK_EVERY_MS = 20_000
const FIRST_SHOWN = 6

/** How the health of a machine's GPUs changed, the newest first. */
export function HealthHistory({
  connectionId,
  first,
}: {
  connectionId: string
  first: HealthEvent[]
}) {
  const [events, setEvents] = useState(first)
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    const timer = setInterval(async () => {
      if (document.hidden) return
      const result = await callApi<HealthEvent[]>(
        'GET',
        `metrics/${connectionId}/health-events?limit=50`,
      )
      if (result.ok) setEvents(result.data)
    }, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [connectionId])
  const told = healthChanges(events)
  if (told.length === 0)
    return <p className="text-soft">No GPU has changed its health since it was first seen.</p>
  const shown = isOpen ? told : told.slice(0, FIRST_SHOWN)
  return (
    <div className="flex flex-col items-start gap-3">
      <ol className="flex w-full flex-col">
        {shown.map(({ id, changed_at, gpus, to, reasons }) => (
          <li
            key={id}
            className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-4 gap-y-0.5 border-line border-b py-2 first:pt-0 last:border-b-0 last:pb-0 sm:grid-cols-[8rem_9rem_minmax(0,1fr)]"
          >
            <span className="text-soft max-sm:col-span-full max-sm:text-xs">
              <TimeAgo at={changed_at} />
            </span>
            <span className="tabular-nums">GPU {gpus.map((index) => index ?? '?').join(', ')}</span>
            <div className="min-w-0">
              <Status tone={HEALTH_TONE[to]}>{to}</Status>
              {reasons.map(({ code, message }) => (
                <p key={code} className="text-soft">
                  {message}
                </p>
              ))}
            </div>
          </li>
        ))}
      </ol>
      {told.length > shown.length && (
        <Button size="sm" onClick={() => setOpen(true)}>
          Show all {told.length}
        </Button>
      )}
    </div>
  )
}

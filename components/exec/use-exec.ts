'use client'

import { useEffect, useRef, useState } from 'react'
import { append, NO_OUTPUT, type Piece } from './output'
import type { ExecRequest } from './request'
import { type ExecEvent, streamExec } from './stream'

/** Drawing each of thousands of chunks would keep the page from answering. */
const DRAW_EVERY_MS = 60

/** One command at a time: its output so far, how it ended, and since when it runs. */
export function useExec(connectionId: string) {
  const [output, setOutput] = useState(NO_OUTPUT)
  const [outcome, setOutcome] = useState<string | null>(null)
  const [startedAt, setStartedAt] = useState<number | null>(null)
  const caller = useRef<AbortController | null>(null)
  // Nobody would read on: the command ends with its page, as the API does it for every caller.
  useEffect(() => () => caller.current?.abort(), [])

  async function run(request: ExecRequest) {
    const stopper = new AbortController()
    caller.current = stopper
    setOutput(NO_OUTPUT)
    setOutcome(null)
    setStartedAt(Date.now())
    let waiting: Omit<Piece, 'key'>[] = []
    const draw = () => {
      const added = waiting
      waiting = []
      if (added.length > 0) setOutput((before) => append(before, added))
    }
    const timer = setInterval(draw, DRAW_EVERY_MS)
    try {
      let end: string | null = null
      for await (const event of streamExec(connectionId, request, stopper.signal)) {
        if (event.type === 'stdout' || event.type === 'stderr') {
          waiting.push({ stream: event.type, text: event.data })
        } else end = describeEnd(event) ?? end
      }
      setOutcome(end ?? 'The app ended before the command did; its end is not known.')
    } catch {
      setOutcome(
        stopper.signal.aborted
          ? 'Stopped; the remote processes were ended.'
          : 'The app does not answer. Is it still running?',
      )
    } finally {
      clearInterval(timer)
      draw()
      setStartedAt(null)
    }
  }

  return { run, stop: () => caller.current?.abort(), output, outcome, startedAt }
}

function describeEnd(event: ExecEvent): string | null {
  if (event.type === 'error') return event.error
  if (event.type !== 'exit') return null
  const { code, signal, timed_out, duration_ms } = event
  const took = `after ${(duration_ms / 1000).toFixed(1)} s`
  if (timed_out) return `Stopped by its timeout ${took}`
  return signal ? `Ended by signal ${signal} ${took}` : `Exit code ${code} ${took}`
}

'use client'

import { useEffect, useRef, useState } from 'react'
import type { ConnectionTest, TestEvent, TestStep } from '@/lib/dgx/connections/answers'
import type { ApiError } from '../api'
import { jsonLines } from '../json-lines'

export type StepNow = { step: TestStep['step']; status: 'waiting' | 'running' } | TestStep

/** In the order in which they are tried. */
const STEPS: readonly TestStep['step'][] = [
  'resolve',
  'tcp',
  'host_key',
  'authentication',
  'shell',
  'nvidia_smi',
]

const AWAY: ApiError = {
  code: 'offline',
  error: 'The app does not answer. Is it still running? Start it and try again.',
}

/** A connection test as it runs: its steps so far, and its result. A new one ends the one before. */
export function useConnectionTest() {
  const [steps, setSteps] = useState<readonly StepNow[] | null>(null)
  const [result, setResult] = useState<ConnectionTest | null>(null)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const [isRunning, setIsRunning] = useState(false)
  const caller = useRef<AbortController | null>(null)
  useEffect(() => () => caller.current?.abort(), [])

  async function run(body: object) {
    caller.current?.abort()
    const stopper = new AbortController()
    caller.current = stopper
    setSteps(STEPS.map((step) => ({ step, status: 'waiting' })))
    setResult(null)
    setFailure(null)
    setIsRunning(true)
    let isOver = false
    const end = (failed: ApiError) => {
      isOver = true
      setFailure(failed)
      setSteps(null)
    }
    try {
      const response = await fetch('/api/dgx/connections/test', {
        method: 'POST',
        headers: { accept: 'application/x-ndjson', 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: stopper.signal,
      })
      if (!response.ok || !response.body) end((await response.json()) as ApiError)
      else {
        for await (const event of jsonLines<TestEvent | ({ type: 'error' } & ApiError)>(
          response.body,
        )) {
          if (event.type === 'error') end(event)
          else if (event.type === 'result') {
            isOver = true
            setResult(event)
          } else {
            setSteps((before) =>
              (before ?? []).map((step) => (step.step === event.step ? event : step)),
            )
          }
        }
      }
      if (!isOver) end(AWAY)
    } catch {
      if (!stopper.signal.aborted) end(AWAY)
    } finally {
      if (caller.current === stopper) setIsRunning(false)
    }
  }

  function stop() {
    caller.current?.abort()
    setIsRunning(false)
    setSteps(null)
  }

  return { run, stop, steps, result, failure, isRunning }
}

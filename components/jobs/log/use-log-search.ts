'use client'

import { useRef, useState } from 'react'
import type { ApiError } from '../../api'
import type { LogMode } from './log-reader'
import { type LogMatches, type LogRun, searchLog } from './log-source'

type Found = { key: string; result: LogMatches; at: number }

/** Searches the whole log where it lies, and goes from match to match. */
export function useLogSearch(
  run: LogRun,
  goTo: (place: LogMatches['matches'][number]) => Promise<void>,
) {
  const [query, setQuery] = useState('')
  const [found, setFound] = useState<Found | null>(null)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const [isBusy, setBusy] = useState(false)
  const asked = useRef(0)

  function type(text: string) {
    setQuery(text)
    setFailure(null)
    setFound(null)
  }

  /** To the next match (1) or the one before (-1), around the ends. */
  async function go(mode: LogMode, step: 1 | -1) {
    const text = query.trim()
    if (text === '') return
    // A match leads to its own stream; the search goes on in those it was asked for.
    const before = found
    if (before) {
      const count = before.result.matches.length
      if (count > 0) await show(before, (before.at + step + count) % count)
      return
    }
    const number = ++asked.current
    setBusy(true)
    const result = await searchLog(run, mode, text)
    if (number !== asked.current) return
    setBusy(false)
    if (!result.ok) {
      setFailure(result.failure)
      return
    }
    const { matches } = result.data
    const first = step === 1 ? 0 : matches.length - 1
    await show({ key: text, result: result.data, at: 0 }, Math.max(0, first))
  }

  async function show(now: Found, at: number) {
    setFound({ ...now, at })
    const match = now.result.matches[at]
    if (match) await goTo(match)
  }

  return {
    query,
    type,
    go,
    failure,
    /** What is marked in the lines. */
    shown: found?.key ?? '',
    said: isBusy ? 'Searching…' : found ? countText(found) : '',
  }
}

function countText({ result, at }: Found): string {
  const { matches, truncated, timed_out } = result
  if (matches.length === 0) return timed_out ? 'Not found in time' : 'No match'
  return `${at + 1} of ${matches.length}${truncated || timed_out ? '+' : ''}`
}

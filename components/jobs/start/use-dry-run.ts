'use client'

import { useEffect, useState } from 'react'
import type { DryRun } from '@/lib/dgx/jobs/queue-answers'
import { callApi } from '../../api'
import { liveStore } from '../../live/live-store'
import type { Outlook } from './dry-run'

/** Typing is one question, not one for each key. */
const SETTLED_MS = 350

/**
 * Asks what would become of a job, again when the job or the fleet's jobs change. An answer to an
 * older question is dropped. `body` null: there is nothing to ask yet.
 */
export function useDryRun(body: object | null): Outlook {
  const [outlook, setOutlook] = useState<Outlook>({ kind: 'none' })
  const question = body === null ? null : JSON.stringify(body)
  useEffect(() => {
    if (question === null) {
      setOutlook({ kind: 'none' })
      return
    }
    let isCurrent = true
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = () => {
      clearTimeout(timer)
      timer = setTimeout(async () => {
        const result = await callApi<DryRun>('POST', 'jobs?dry_run=true', JSON.parse(question))
        if (!isCurrent) return
        setOutlook(
          result.ok
            ? { kind: 'answer', answer: result.data }
            : { kind: 'refused', failure: result.failure },
        )
      }, SETTLED_MS)
    }
    setOutlook((before) => (before.kind === 'none' ? { kind: 'asking' } : before))
    ask()
    const leave = liveStore().listen('jobs', ask)
    return () => {
      isCurrent = false
      clearTimeout(timer)
      leave()
    }
  }, [question])
  return outlook
}

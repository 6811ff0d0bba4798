'use client'

import { useEffect, useState } from 'react'
import type { Approval } from '@/lib/dgx/safety/answers'
import { callApi } from '../api'
import { liveStore } from '../live/live-store'
import { useLive, useTopic } from '../live/use-live'

const NONE: readonly Approval[] = []
/** A tab that nobody looks at hears nothing, and its title should still say that somebody waits. */
const HIDDEN_EVERY_MS = 20_000

/** The commands that wait for a person, the oldest first. */
export function useApprovals(): readonly Approval[] {
  useTopic('approvals')
  const live = useLive('approvals', () => liveStore().approvals(), NONE)
  const asked = useAskedWhileHidden()
  return asked ?? live
}

/** Null while the tab is looked at. */
function useAskedWhileHidden(): readonly Approval[] | null {
  const [asked, setAsked] = useState<readonly Approval[] | null>(null)
  useEffect(() => {
    let timer: ReturnType<typeof setInterval> | undefined
    const ask = async () => {
      const result = await callApi<Approval[]>('GET', 'approvals')
      if (result.ok && document.visibilityState === 'hidden') setAsked(result.data)
    }
    const onVisibility = () => {
      clearInterval(timer)
      if (document.visibilityState === 'hidden') timer = setInterval(ask, HIDDEN_EVERY_MS)
      else setAsked(null)
    }
    onVisibility()
    document.addEventListener('visibilitychange', onVisibility)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', onVisibility)
    }
  }, [])
  return asked
}

'use client'

import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { liveStore } from './live-store'
import { useTopic } from './use-live'

/** Many changes in a row are one reading. */
const TOGETHER_MS = 400

/**
 * Has the server draw the page again when something on it has changed: records of `jobs` or
 * `connections`, or when the line was away and may have missed such a change.
 */
export function LiveRefresh({ on }: { on: 'jobs' | 'connections' }) {
  const router = useRouter()
  useTopic(on)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let wasAway = false
    const refresh = () => {
      clearTimeout(timer)
      timer = setTimeout(() => router.refresh(), TOGETHER_MS)
    }
    const store = liveStore()
    const leave = [
      store.listen(on, refresh),
      store.listen('server', () => {
        if (store.serverState !== 'live') wasAway = true
        else if (wasAway) refresh()
      }),
    ]
    return () => {
      clearTimeout(timer)
      for (const each of leave) each()
    }
  }, [on, router])
  return null
}

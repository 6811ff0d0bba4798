'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useRef, useTransition } from 'react'
import { liveStore } from './live-store'
import { useTopic } from './use-live'

/** Many changes in a row are one reading, */
const TOGETHER_MS = 400
/** and changes without end one reading every so often. */
const AT_MOST_EVERY_MS = 2_000

/**
 * Has the server draw the page again when something on it has changed: records of a
 * topic, or when the line was away and may have missed such a change.
 */
export function LiveRefresh({ on }: { on: 'connections' | 'projects' | 'jobs' }) {
  const router = useRouter()
  useTopic(on)
  const [isDrawing, startTransition] = useTransition()
  const drawing = useRef(isDrawing)
  useEffect(() => {
    drawing.current = isDrawing
  }, [isDrawing])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let wasAway = false
    let readAt = 0
    const read = () => {
      // A newer reading takes the place of one that has not come yet: of a slow server none would.
      if (drawing.current) {
        timer = setTimeout(read, TOGETHER_MS)
        return
      }
      timer = undefined
      readAt = Date.now()
      startTransition(() => router.refresh())
    }
    const refresh = () => {
      timer ??= setTimeout(read, Math.max(TOGETHER_MS, readAt + AT_MOST_EVERY_MS - Date.now()))
    }
    const store = liveStore()
    const leave = [
      store.listen(on, refresh),
      store.listen('server', () => {
        if (store.serverState !== 'live') wasAway = true
        else if (wasAway) {
          wasAway = false
          refresh()
        }
      }),
    ]
    return () => {
      clearTimeout(timer)
      for (const each of leave) each()
    }
  }, [on, router])
  return null
}

'use client'

import { type RefObject, useEffect, useRef, useState } from 'react'
import type { Metrics } from '@/lib/dgx/gpu/types'
import type { RecentSample } from '@/lib/recent-sample'
import { useMetrics, useSamples } from '../live/use-live'

type Watched = { metrics: Metrics | null; samples: readonly RecentSample[] }

/** So far outside of the window something is kept up to date before it comes into sight. */
const AHEAD = '300px'

/**
 * A machine's live values while the element is in sight; what is out of sight keeps its last
 * values, so that forty machines cost no more than those that can be seen.
 */
export function useWatched(
  connectionId: string,
  first: Watched,
): Watched & { ref: RefObject<HTMLElement | null> } {
  const ref = useRef<HTMLElement>(null)
  const [isSeen, setSeen] = useState(true)
  useEffect(() => {
    if (!ref.current) return
    const observer = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting ?? true), {
      rootMargin: AHEAD,
    })
    observer.observe(ref.current)
    return () => observer.disconnect()
  }, [])
  const metrics = useMetrics(connectionId, first.metrics, isSeen)
  const samples = useSamples(connectionId, first.samples, isSeen)
  return { ref, metrics, samples }
}

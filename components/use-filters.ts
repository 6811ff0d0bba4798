'use client'

import type { Route } from 'next'
import { usePathname, useRouter } from 'next/navigation'
import { useEffect, useRef, useState, useTransition } from 'react'

const TYPING_MS = 300

/**
 * The filters of a list, which live in the page's address: what the person sees at once, and a
 * function that changes some of them. Typing (`isTyping`) waits for a pause before it asks.
 * @param filters what the address says, read by the server
 * @param write the address' query for some filters
 */
export function useFilters<F>(filters: F, write: (filters: F) => string) {
  const router = useRouter()
  const pathname = usePathname()
  const [isPending, startTransition] = useTransition()
  const [wanted, setWanted] = useState(filters)
  const here = write(filters)
  /** What was asked for by this hook and may still arrive, the newest last. */
  const asked = useRef([here])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `here` says all that `filters` says.
  useEffect(() => {
    if (asked.current.at(-1) === here) asked.current = [here]
    else if (!asked.current.includes(here)) {
      // Somebody else changed the address: a link, or the way back.
      asked.current = [here]
      setWanted(filters)
    }
  }, [here])

  function change(changes: Partial<F>, isTyping = false) {
    const next = { ...wanted, ...changes }
    setWanted(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(
      () => {
        const query = write(next)
        asked.current.push(query)
        startTransition(() => router.replace(`${pathname}${query}` as Route, { scroll: false }))
      },
      isTyping ? TYPING_MS : 0,
    )
  }
  return { wanted, change, isPending }
}

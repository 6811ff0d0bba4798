'use client'

import { useCallback, useMemo, useSyncExternalStore } from 'react'

const CHANGED = 'hidden-gpus'

/** Which GPUs of a machine are not drawn; remembered in this browser. */
export function useHiddenGpus(
  connectionId: string,
): [hidden: ReadonlySet<string>, set: (hidden: Iterable<string>) => void] {
  const key = `hidden-gpus ${connectionId}`
  const text = useSyncExternalStore(
    listen,
    () => localStorage.getItem(key) ?? '',
    () => '',
  )
  const hidden = useMemo(() => new Set(text ? text.split(',') : []), [text])
  const set = useCallback(
    (next: Iterable<string>) => {
      localStorage.setItem(key, [...next].join(','))
      window.dispatchEvent(new Event(CHANGED))
    },
    [key],
  )
  return [hidden, set]
}

/** `storage` tells of other tabs. */
function listen(listener: () => void): () => void {
  window.addEventListener(CHANGED, listener)
  window.addEventListener('storage', listener)
  return () => {
    window.removeEventListener(CHANGED, listener)
    window.removeEventListener('storage', listener)
  }
}

'use client'

import { useEffect } from 'react'

/** Puts a mark before the page's title, also of the pages that come; empty for none. */
export function useTitleMark(mark: string): void {
  useEffect(() => {
    if (mark === '') return
    const put = () => {
      if (!document.title.startsWith(mark)) document.title = mark + document.title
    }
    put()
    const observer = new MutationObserver(put)
    observer.observe(document.head, { childList: true, subtree: true, characterData: true })
    return () => {
      observer.disconnect()
      if (document.title.startsWith(mark)) document.title = document.title.slice(mark.length)
    }
  }, [mark])
}

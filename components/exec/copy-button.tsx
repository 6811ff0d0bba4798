'use client'

import { useEffect, useState } from 'react'
import { Button } from '../ui/button'

/** Copies a text when clicked, and says whether it could. */
export function CopyButton({ text, children }: { text: () => string; children: string }) {
  const [answer, setAnswer] = useState<string | null>(null)
  useEffect(() => {
    if (answer === null) return
    const timer = setTimeout(() => setAnswer(null), 3_000)
    return () => clearTimeout(timer)
  }, [answer])

  async function copy() {
    try {
      await navigator.clipboard.writeText(text())
      setAnswer('Copied')
    } catch {
      // Browsers give the clipboard to localhost and https only.
      setAnswer('This browser does not let this page copy')
    }
  }
  return (
    <Button kind="quiet" onClick={copy}>
      <span aria-live="polite">{answer ?? children}</span>
    </Button>
  )
}

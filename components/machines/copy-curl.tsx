'use client'

import { Check, Copy } from 'lucide-react'
import { memo, useEffect, useState } from 'react'

const SHOWN_MS = 2_000

/** Copies the call of the API that answers with what a panel shows. */
export const CopyCurl = memo(function CopyCurl({ path, what }: { path: string; what: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [state])
  async function copy() {
    const isCopied = await copyText(`curl -s '${location.origin}/api/dgx/${path}'`)
    setState(isCopied ? 'copied' : 'failed')
  }
  const Icon = state === 'copied' ? Check : Copy
  return (
    <button
      type="button"
      onClick={copy}
      title="Copy as curl"
      aria-label={`Copy as curl: ${what}`}
      className="inline-flex items-center gap-1 rounded-md px-1.5 py-1 text-soft text-xs hover:bg-sunken hover:text-ink"
    >
      <Icon aria-hidden="true" size={13} />
      <span aria-live="polite">{{ idle: '', copied: 'copied', failed: 'not copied' }[state]}</span>
    </button>
  )
})

/** Browsers offer the clipboard to https and localhost only; elsewhere the old way is left. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.style.position = 'fixed'
    area.style.opacity = '0'
    document.body.append(area)
    area.select()
    const isCopied = document.execCommand('copy')
    area.remove()
    return isCopied
  }
}

'use client'

import { Check, Copy, TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from './button'
import { IconButton } from './icon-button'

const SAYS = {
  copied: 'Copied',
  // Browsers give the clipboard to https and to this machine only.
  refused: 'Not copied: the browser refuses it here. Select the text instead.',
} as const

/** Copies `text` and says so. An icon, or a button with its label in words (`words`). */
export function CopyButton({
  text,
  label = 'Copy',
  words = false,
}: {
  text: string
  label?: string
  words?: boolean
}) {
  const [outcome, setOutcome] = useState<keyof typeof SAYS | null>(null)
  useEffect(() => {
    if (!outcome) return
    const timer = setTimeout(() => setOutcome(null), outcome === 'copied' ? 2_000 : 6_000)
    return () => clearTimeout(timer)
  }, [outcome])
  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
      setOutcome('copied')
    } catch {
      setOutcome('refused')
    }
  }
  const said = outcome ? SAYS[outcome] : label
  const icon = {
    copied: <Check aria-hidden="true" className="text-good" />,
    refused: <TriangleAlert aria-hidden="true" className="text-warn" />,
    none: <Copy aria-hidden="true" />,
  }[outcome ?? 'none']
  return (
    <>
      {words ? (
        <Button size="sm" onClick={copy} title={outcome === 'refused' ? said : undefined}>
          {icon}
          {outcome === 'refused' ? 'Not copied' : said}
        </Button>
      ) : (
        <IconButton size="sm" label={said} icon={icon} onClick={copy} />
      )}
      <span role="status" className="sr-only">
        {outcome && said}
      </span>
    </>
  )
}

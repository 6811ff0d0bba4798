'use client'

import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Approval } from '@/lib/dgx/safety/answers'
import { type ApiError, callApi } from '../api'
import { useNow } from '../live/use-now'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Notice } from '../ui/notice'
import { visible } from './visible'

/** It opens by itself: a key or a click that was meant for something else must decide nothing. */
const DEAF_MS = 700

const VIAS = {
  browser: 'at a page of this app',
  api: 'by HTTP',
  cli: 'by the command line',
  mcp: 'as an agent, by MCP',
} as const

/** Whether a command may run. Closing it decides nothing. */
export function ApprovalDialog({
  approval,
  more,
  onAside,
}: {
  approval: Approval
  /** How many wait behind it. */
  more: number
  onAside: () => void
}) {
  const { id, machines, action, job_name, command, working_dir, pattern, rule, asked_by } = approval
  const refuse = useRef<HTMLButtonElement>(null)
  const isDeaf = useDeaf()
  const [failure, setFailure] = useState<ApiError | null>(null)
  const where = machines.map(({ name }) => name).join(' or ')

  async function decide(decision: 'allow' | 'refuse') {
    if (isDeaf) return
    // Answered, it is not among those that wait any more, and this dialog goes with it.
    const result = await callApi('POST', `approvals/${id}`, { decision })
    if (!result.ok) setFailure(result.failure)
  }

  return (
    <Dialog
      title={action === 'job' ? `Run this job on ${where}?` : `Run this on ${where}?`}
      initialFocus={refuse}
      onClose={onAside}
    >
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
        <Fact name="Asked">{askedText(asked_by)}</Fact>
        {job_name && <Fact name="Job">{job_name}</Fact>}
        {working_dir && (
          <Fact name="Folder">
            <code className="break-all font-mono text-xs">{visible(working_dir)}</code>
          </Fact>
        )}
        <Fact name="Rule">
          <Rule pattern={pattern} rule={rule} />
        </Fact>
      </dl>
      <section
        aria-label="Command"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long one is scrolled with the keyboard.
        tabIndex={0}
        className="max-h-64 overflow-auto rounded-md border border-line bg-sunken p-3"
      >
        <pre className="whitespace-pre-wrap break-all font-mono text-xs">{visible(command)}</pre>
      </section>
      {failure && <Notice tone="error" title={failure.error} />}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-soft text-xs">
          <TimeLeft until={approval.expires_at} />
          {more > 0 && ` ${more === 1 ? 'One more waits' : `${more} more wait`} behind it.`}
        </p>
        <div className="flex gap-2">
          <Button ref={refuse} aria-disabled={isDeaf} onClick={() => decide('refuse')}>
            Refuse
          </Button>
          <Button kind="danger" aria-disabled={isDeaf} onClick={() => decide('allow')}>
            Allow
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

/** What people wrote is a pattern; the ready set has words. */
function Rule({ pattern, rule }: Pick<Approval, 'pattern' | 'rule'>) {
  if (rule !== pattern) return rule
  return <code className="break-all font-mono text-xs">{pattern}</code>
}

function useDeaf(): boolean {
  const [isDeaf, setDeaf] = useState(true)
  useEffect(() => {
    const timer = setTimeout(() => setDeaf(false), DEAF_MS)
    return () => clearTimeout(timer)
  }, [])
  return isDeaf
}

function askedText({ via, key_name, client }: Approval['asked_by']): string {
  const who = key_name === null ? null : `with the key ${key_name}`
  return [VIAS[via], who, client].filter((part) => part !== null).join(', ')
}

function TimeLeft({ until }: { until: string }) {
  const now = useNow(1_000)
  if (now === null) return null
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - now) / 1000))
  const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  return <>Not run if nobody answers within {left}.</>
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-soft">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  )
}

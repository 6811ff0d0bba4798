'use client'

import { ShieldQuestion } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { Button } from '../ui/button'
import { useApprovals } from './use-approvals'
import { useTitleMark } from './use-title-mark'

/** Comes when something waits for the first time. */
const ApprovalDialog = dynamic(
  () => import('./approval-dialog').then((file) => file.ApprovalDialog),
  { ssr: false },
)

/** Asks the person at the page about each command that waits for one, on every page. */
export function Approvals() {
  const waiting = useApprovals()
  /** Put aside; they wait on. */
  const [aside, setAside] = useState<ReadonlySet<string>>(new Set())
  useTitleMark(waiting.length > 0 ? `(${waiting.length}) Waits for you: ` : '')
  const open = waiting.filter(({ id }) => !aside.has(id))
  const [first] = open
  if (first) {
    return (
      <ApprovalDialog
        key={first.id}
        approval={first}
        more={waiting.length - 1}
        onAside={() => setAside(new Set(waiting.map(({ id }) => id)))}
      />
    )
  }
  if (waiting.length === 0) return null
  return (
    <Button
      kind="primary"
      className="fixed right-4 bottom-20 z-30 lg:bottom-4"
      onClick={() => setAside(new Set())}
    >
      <ShieldQuestion aria-hidden="true" />
      {waiting.length === 1 ? 'A command waits for you' : `${waiting.length} commands wait for you`}
    </Button>
  )
}

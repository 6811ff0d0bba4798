'use client'

import { CircleCheck, CircleX, Clock, LoaderCircle } from 'lucide-react'
import type { DryRun } from '@/lib/dgx/jobs/queue-answers'
import type { ApiError } from '../../api'
import { withoutCall } from '../without-call'

/** What would become of the job as it is written now. */
export type Outlook = { kind: 'none' } | { kind: 'asking' } | Answered
type Answered = { kind: 'answer'; answer: DryRun } | { kind: 'refused'; failure: ApiError }

/** Says where and when the job would run. */
export function DryRunNote({ outlook, isHeld }: { outlook: Outlook; isHeld: boolean }) {
  const { Icon, look, text } = looksOf(outlook, isHeld)
  return (
    <div
      role="status"
      aria-label="What would happen"
      className={`flex min-h-11 items-start gap-2.5 rounded-md border px-3 py-2.5 ${look}`}
    >
      <Icon
        aria-hidden="true"
        className={`mt-0.5 size-4 shrink-0 ${outlook.kind === 'asking' ? 'animate-spin' : ''}`}
      />
      <span className="min-w-0 break-words text-ink">{text}</span>
    </div>
  )
}

const PLAIN = 'border-line bg-sunken text-soft'
const GOOD = 'border-good/40 bg-good-surface text-good'
const BAD = 'border-bad/40 bg-bad-surface text-bad'
const WAITS = 'border-warn/40 bg-warn-surface text-warn'

function looksOf(outlook: Outlook, isHeld: boolean) {
  if (outlook.kind === 'none')
    return { Icon: Clock, look: PLAIN, text: 'Write a command to see where and when it would run.' }
  if (outlook.kind === 'asking')
    return { Icon: LoaderCircle, look: PLAIN, text: 'Looking where it would run…' }
  if (outlook.kind === 'refused') return { Icon: CircleX, look: BAD, text: outlook.failure.error }
  const { would, queue_position } = outlook.answer
  const said = withoutCall(outlook.answer.status_message)
  const held = isHeld ? 'Held until you start it. ' : ''
  if (would === 'start_now')
    return { Icon: CircleCheck, look: isHeld ? PLAIN : GOOD, text: `${held}${said}` }
  const place = queue_position ? ` It would be number ${queue_position} in the queue.` : ''
  return { Icon: Clock, look: WAITS, text: `${held}${said}${place}` }
}
